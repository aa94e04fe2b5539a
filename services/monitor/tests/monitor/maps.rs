//! Areas that are redrawn: a question about the past is told by the map of then, or by that of today.

use seinhuis_contract::proto::history::v1::export_model_response::Part;
use seinhuis_contract::proto::history::v1::get_as_of_request::Moment;
use seinhuis_contract::proto::history::v1::{
    Every, ExportModelRequest, Format, GetAsOfRequest, GetAsOfResponse, GetSeriesRequest, MapChoice, ToldMap,
};
use seinhuis_contract::time;
use seinhuis_domain::area::{Area, AreaCode, AreaLevel, ImportAreas, ImportedAreas};
use seinhuis_domain::example;
use tonic::{Code, Status};

use crate::scene::Scene;

const YESTERDAY: &str = "2026-03-10T11:00:00Z";
const TODAY: &str = "2026-03-11T11:00:00Z";

fn area(code: &str, name: &str, level: AreaLevel, parent: &str) -> Area {
    let parent = AreaCode::new(parent).unwrap();
    Area { code: AreaCode::new(code).unwrap(), name: name.into(), level, parent: Some(parent), shape: None }
}

impl Scene {
    async fn import(&self, vintage: &str, more: Vec<Area>) -> u64 {
        let areas = example::profile().areas.into_iter().chain(more).collect();
        let import = ImportAreas { vintage: vintage.into(), areas };
        self.log.execute::<ImportedAreas>(&(), "voorbeeld", import, &self.context()).await.unwrap();
        self.log.head().0
    }
}

/// On Monday there is a neighbourhood in Ulft, with a case in it. On Tuesday night it comes to Gendringen under another name,
/// and a district is added. Gives the positions of the two maps.
async fn redrawn() -> (Scene, [u64; 2]) {
    let scene = Scene::begin().await;
    let akker = |name, parent| area("BU15090077", name, AreaLevel::Neighbourhood, parent);
    let first = scene.import("cbs-2025", vec![akker("Akker", "WK150900")]).await;
    scene.settled().await;
    let mut facts = example::signal("wonion", "1", "housing.soc.gel");
    facts.area = AreaCode::new("BU15090077").unwrap();
    scene.open(facts).await;
    scene.open(example::signal("wonion", "2", "housing.soc.gel")).await;
    scene.at("2026-03-10T22:00:00Z");
    let varsseveld = area("WK150999", "Varsseveld", AreaLevel::District, "GM1509");
    let second = scene.import("cbs-2026", vec![akker("Akkerveld", "WK150901"), varsseveld]).await;
    scene.at("2026-03-11T12:00:00Z");
    scene.settled().await;
    (scene, [first, second])
}

async fn as_of(
    scene: &Scene,
    who: &str,
    area: &str,
    at: &str,
    map: MapChoice,
) -> Result<GetAsOfResponse, Status> {
    let moment = Some(Moment::Instant(time::to_wire(at.parse().unwrap())));
    let request = GetAsOfRequest { area_code: area.into(), moment, map: map.into(), ..Default::default() };
    scene.past(who).get_as_of(request).await.map(tonic::Response::into_inner)
}

fn open(answer: &GetAsOfResponse) -> u64 {
    answer.figures.as_ref().unwrap().counts.as_ref().unwrap().open
}

#[tokio::test]
async fn the_board_of_yesterday_shows_a_neighbourhood_where_it_lay_and_by_todays_map_where_it_lies() {
    let (scene, [first, second]) = redrawn().await;
    for (at, map, in_ulft, in_gendringen, name, told) in [
        (YESTERDAY, MapChoice::Then, 2, 0, "Akker", (first, "cbs-2025")),
        (YESTERDAY, MapChoice::Unspecified, 2, 0, "Akker", (first, "cbs-2025")),
        (YESTERDAY, MapChoice::End, 2, 0, "Akker", (first, "cbs-2025")),
        (YESTERDAY, MapChoice::Today, 1, 1, "Akkerveld", (second, "cbs-2026")),
        (TODAY, MapChoice::Then, 1, 1, "Akkerveld", (second, "cbs-2026")),
    ] {
        let ask = async |area| as_of(&scene, "college", area, at, map).await.unwrap();
        let whole = ask("GM1509").await;
        let choice = if map == MapChoice::Unspecified { MapChoice::Then } else { map };
        let expected = ToldMap { choice: choice.into(), position: told.0, vintage: told.1.to_owned() };
        assert_eq!(whole.map, Some(expected));
        let inside: Vec<_> =
            whole.sub_areas.iter().map(|sub| sub.counts.as_ref().map_or(0, |counts| counts.open)).collect();
        assert_eq!(inside[..2], [in_ulft, in_gendringen], "{at} {map:?}: {:?}", whole.sub_areas);
        assert_eq!((open(&ask("WK150900").await), open(&ask("WK150901").await)), (in_ulft, in_gendringen));
        assert_eq!(ask("BU15090077").await.area_name, name);
        assert!(whole.rows.iter().any(|row| row.area_name == name), "{:?}", whole.rows);
    }
}

#[tokio::test]
async fn who_may_see_is_as_of_today_whichever_map_is_asked_for() {
    let (scene, _) = redrawn().await;
    let seen = async |who: &str, area, map| open(&as_of(&scene, who, area, YESTERDAY, map).await.unwrap());
    // It lay in Ulft, and is no more the business of those of Ulft.
    assert_eq!(seen("regisseur-ulft", "WK150900", MapChoice::Then).await, 1);
    assert_eq!(seen("college", "WK150900", MapChoice::Then).await, 2);
    let refused =
        as_of(&scene, "regisseur-ulft", "BU15090077", YESTERDAY, MapChoice::Then).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(seen("teamlid-gendringen", "WK150901", MapChoice::Then).await, 0);
    assert_eq!(seen("teamlid-gendringen", "WK150901", MapChoice::Today).await, 1);
}

#[tokio::test]
async fn an_area_that_was_on_no_map_yet_is_refused_with_the_map_and_one_that_never_was_as_well() {
    let (scene, _) = redrawn().await;
    let refused = async |area, map| as_of(&scene, "college", area, YESTERDAY, map).await.unwrap_err();
    let early = refused("WK150999", MapChoice::Then).await;
    assert_eq!(early.code(), Code::NotFound, "{early}");
    assert!(early.message().contains("(cbs-2025) has an area \"WK150999\""), "{early}");
    let now = as_of(&scene, "college", "WK150999", YESTERDAY, MapChoice::Today).await.unwrap();
    assert_eq!((now.area_name.as_str(), open(&now)), ("Varsseveld", 0));
    // A code of another year's map, which was never imported here.
    let never = refused("BU19260013", MapChoice::Then).await;
    assert_eq!(never.code(), Code::NotFound, "{never}");
    assert_eq!(never.message(), "no map up to now (cbs-2026) has an area \"BU19260013\"");
    let other = GetAsOfRequest { area_code: "GM1509".into(), map: 9, ..Default::default() };
    let unknown = scene.past("college").get_as_of(other).await.unwrap_err();
    assert!(
        unknown.code() == Code::InvalidArgument && unknown.message().contains("MAP_CHOICE_THEN"),
        "{unknown}"
    );
}

#[tokio::test]
async fn each_moment_of_a_series_has_the_map_of_then_or_all_have_that_of_the_end_or_of_today() {
    let (scene, [first, second]) = redrawn().await;
    let series = async |until: &str, map: MapChoice| {
        let at = |text: &str| Some(time::to_wire(text.parse().unwrap()));
        let request = GetSeriesRequest {
            area_code: "WK150901".into(),
            from: at("2026-03-09T11:00:00Z"),
            until: at(until),
            every: Every::Day.into(),
            map: map.into(),
        };
        let answer = scene.past("college").get_series(request).await.unwrap().into_inner();
        let point = |point: &seinhuis_contract::proto::history::v1::Point| {
            let counts = point.figures.as_ref().unwrap().counts.as_ref().unwrap();
            let signals = point.flow.as_ref().unwrap().signals;
            (counts.open, signals, point.map.as_ref().unwrap().position)
        };
        answer.points.iter().map(point).collect::<Vec<_>>()
    };
    assert_eq!(series(TODAY, MapChoice::Then).await, [(0, 0, first), (0, 0, first), (1, 0, second)]);
    assert_eq!(series(TODAY, MapChoice::End).await, [(1, 1, second), (1, 0, second), (1, 0, second)]);
    assert_eq!(series(YESTERDAY, MapChoice::End).await, [(0, 0, first), (0, 0, first)]);
    assert_eq!(series(YESTERDAY, MapChoice::Today).await, [(1, 1, second), (1, 0, second)]);
}

#[tokio::test]
async fn an_exported_file_says_by_which_map_it_is_and_is_by_that_one() {
    let (scene, [first, second]) = redrawn().await;
    let export = async |model: &str, map: MapChoice| {
        let request = ExportModelRequest {
            model: model.into(),
            area_code: "WK150901".into(),
            moment: Some(seinhuis_contract::proto::history::v1::export_model_request::Moment::Instant(
                time::to_wire(YESTERDAY.parse().unwrap()),
            )),
            since: (model == "intake").then(|| time::to_wire("2026-03-01T00:00:00Z".parse().unwrap())),
            format: Format::Csv.into(),
            map: map.into(),
            ..Default::default()
        };
        let mut parts = scene.past("college").export_model(request).await.unwrap().into_inner();
        let (mut told, mut file) = (None, Vec::new());
        while let Some(answer) = parts.message().await.unwrap() {
            match answer.part.unwrap() {
                Part::Head(head) => told = head.map,
                Part::Content(bytes) => file.extend(bytes),
            }
        }
        (told.unwrap().position, String::from_utf8(file).unwrap())
    };
    for model in ["figures", "cases", "intake"] {
        let ((then, by_then), (today, by_today)) =
            (export(model, MapChoice::Then).await, export(model, MapChoice::Today).await);
        assert_eq!((then, today), (first, second));
        assert!(!by_then.contains("BU15090077") && by_today.contains("BU15090077"), "{by_then}\n{by_today}");
    }
}
