//! Files for other programs: who gets what, and what is left out of what is published.

use std::collections::BTreeMap;

use seinhuis_contract::proto::history::v1::export_model_response::Part;
use seinhuis_contract::proto::history::v1::{
    Clock, ExportEventsRequest, ExportHead, ExportModelRequest, Format, GetAsOfRequest,
    export_events_response,
};
use seinhuis_contract::time;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::example;
use tonic::{Code, Status};

use crate::scene::Scene;

const MARCH: &str = "2026-03-01T00:00:00Z";

fn asked(model: &str) -> ExportModelRequest {
    ExportModelRequest {
        model: model.into(),
        area_code: "GM1509".into(),
        since: ["intake", "steps"].contains(&model).then(|| time::to_wire(MARCH.parse().unwrap())),
        format: Format::Csv.into(),
        ..Default::default()
    }
}

async fn export(
    scene: &Scene,
    who: &str,
    request: ExportModelRequest,
) -> Result<(ExportHead, String), Status> {
    let mut parts = scene.past(who).export_model(request).await?.into_inner();
    let (mut head, mut file) = (None, Vec::new());
    while let Some(answer) = parts.message().await? {
        match answer.part.unwrap() {
            Part::Head(told) => head = Some(told),
            Part::Content(bytes) => file.extend(bytes),
        }
    }
    let head = head.unwrap();
    assert_eq!(head.bytes, file.len() as u64);
    Ok((head, String::from_utf8(file).unwrap()))
}

async fn events(scene: &Scene, who: &str, area: &str) -> Result<(u64, String), Status> {
    let request =
        ExportEventsRequest { area_code: area.into(), format: Format::Csv.into(), ..Default::default() };
    let mut parts = scene.past(who).export_events(request).await?.into_inner();
    let (mut rows, mut far, mut file) = (None, None, Vec::new());
    while let Some(answer) = parts.message().await? {
        match answer.part.unwrap() {
            export_events_response::Part::Content(bytes) => file.extend(bytes),
            export_events_response::Part::Progress(progress) => far = Some(progress),
            export_events_response::Part::End(end) => {
                // Before the end it was said that the end was reached.
                let far = far.take().unwrap();
                assert_eq!((far.position, far.until_position), (end.position, end.position));
                rows = Some(end.rows);
            }
        }
    }
    Ok((rows.unwrap(), String::from_utf8(file).unwrap()))
}

/// Nine cases in Ulft, two in Gendringen.
async fn eleven_cases() -> Scene {
    let scene = Scene::begin().await;
    for n in 0..11 {
        let mut facts = example::signal("wonion", &n.to_string(), "housing.soc.gel");
        facts.channel = (n % 2 == 0).then(|| "phone".to_owned());
        facts.area = AreaCode::new(if n < 9 { "WK150900" } else { "WK150901" }).unwrap();
        scene.open(facts).await;
    }
    scene.settled().await;
    scene.clock.advance(jiff::SignedDuration::from_hours(1));
    scene
}

/// The last column of the figures, by area, measure and label.
fn counts(csv: &str) -> BTreeMap<(String, String, String), String> {
    let rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    rows.map(|row| ((row[0].into(), row[3].into(), row[4].into()), row[5].into())).collect()
}

#[tokio::test]
async fn figures_are_those_that_the_area_shows() {
    let scene = eleven_cases().await;
    let (head, csv) = export(&scene, "analist", asked("figures")).await.unwrap();
    let request = GetAsOfRequest { area_code: "WK150900".into(), ..Default::default() };
    let shown = scene.past("analist").get_as_of(request).await.unwrap().into_inner();
    assert_eq!(head.position, shown.position);
    assert_eq!(head.rows, csv.lines().count() as u64 - 1);
    let counts = counts(&csv);
    let of = |area: &str, measure: &str, label: &str| {
        counts.get(&(area.to_owned(), measure.to_owned(), label.to_owned())).map(String::as_str)
    };
    assert_eq!(shown.figures.unwrap().counts.unwrap().open, 9);
    assert_eq!(of("WK150900", "open", ""), Some("9"));
    assert_eq!(of("GM1509", "lead", "wonion"), Some("11"));
    assert_eq!(of("WK150901", "kind", "housing.soc.gel"), Some("2"));
}

#[tokio::test]
async fn what_is_published_tells_no_small_count_and_none_that_gives_one_away() {
    let scene = eleven_cases().await;
    let request = ExportModelRequest { for_publication: true, ..asked("figures") };
    let (head, csv) = export(&scene, "analist", request).await.unwrap();
    let counts = counts(&csv);
    for ((area, measure, label), count) in &counts {
        assert!(!["1", "2", "3", "4"].contains(&count.as_str()), "{area} {measure} {label}: {count}");
    }
    let open = |area: &str| counts[&(area.to_owned(), "open".to_owned(), String::new())].as_str();
    // Eleven without nine would be two.
    assert_eq!((open("GM1509"), open("WK150900"), open("WK150901")), ("11", "", ""));
    assert!(head.left_out > 2, "{}", head.left_out);

    let request = ExportModelRequest { for_publication: true, ..asked("intake") };
    let (head, csv) = export(&scene, "analist", request).await.unwrap();
    assert_eq!(head.left_out, 3, "{csv}");
    assert!(csv.contains("WK150900,wonion,housing,housing.soc.gel,phone,5\n"), "{csv}");
    assert!(csv.contains("WK150900,wonion,housing,housing.soc.gel,,\n"), "{csv}");
}

#[tokio::test]
async fn cases_are_for_those_who_see_cases_and_never_for_publication() {
    let scene = eleven_cases().await;
    let (head, csv) = export(&scene, "college", asked("cases")).await.unwrap();
    assert_eq!((head.rows, csv.lines().count()), (11, 12));
    let refused = export(&scene, "analist", asked("cases")).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let request = ExportModelRequest { for_publication: true, ..asked("cases") };
    let refused = export(&scene, "college", request).await.unwrap_err();
    assert!(refused.message().contains("never for publication"), "{refused}");
}

#[tokio::test]
async fn steps_are_counted_by_area() {
    let scene = eleven_cases().await;
    let (_, csv) = export(&scene, "analist", asked("steps")).await.unwrap();
    assert_eq!(csv, "area_code,step,rung,times\nWK150900,opened,,9\nWK150901,opened,,2\n");
}

#[tokio::test]
async fn events_are_told_of_the_area_that_was_asked_for_and_of_nobody_who_reported() {
    let scene = eleven_cases().await;
    let (rows, csv) = events(&scene, "analist", "WK150901").await.unwrap();
    // Two signals, two cases opened, and a step planned for each.
    assert_eq!((rows, csv.lines().count()), (6, 7), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.contains(",WK150901,")), "{csv}");
    assert!(csv.contains(",signal.reported,WK150901,,housing.soc.gel,housing,normal,"), "{csv}");
    assert!(!csv.contains("partner:") && !csv.contains("role:test"), "{csv}");
    let refused = events(&scene, "regisseur-ulft", "WK150901").await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn what_isnt_there_to_export_is_refused_with_what_is() {
    let scene = eleven_cases().await;
    let refused = async |request| export(&scene, "college", request).await.unwrap_err().message().to_owned();
    let said = refused(asked("boards")).await;
    assert!(said.contains("one of figures, cases, intake, steps"), "{said}");
    let said = refused(ExportModelRequest { format: 0, ..asked("cases") }).await;
    assert!(said.contains("FORMAT_CSV or FORMAT_PARQUET"), "{said}");
    let said = refused(ExportModelRequest { since: None, ..asked("intake") }).await;
    assert!(said.contains("since"), "{said}");
    let since = Some(time::to_wire(MARCH.parse().unwrap()));
    let said = refused(ExportModelRequest { since, ..asked("figures") }).await;
    assert!(said.contains("since") && said.contains("of a moment"), "{said}");
    let clock = Clock::Occurred.into();
    let said = refused(ExportModelRequest { clock, ..asked("steps") }).await;
    assert!(said.contains("clock") && said.contains("CLOCK_RECORDED"), "{said}");
}
