//! What `seinhuis verify --json` found: the stored bytes, the signed checkpoints, and the read models against a rebuild.

use serde_json::Value;

use super::Finding;

/// Its findings. An answer that cannot be read is one too.
pub(crate) fn of_verify(verdict: &Value) -> Vec<Finding> {
    let list = |key: &str| verdict[key].as_array().cloned().unwrap_or_default();
    let mut found: Vec<Finding> =
        list("findings").iter().map(|what| Finding::Unsound { what: text(what) }).collect();
    let models = list("models");
    let different = models.iter().filter(|model| model["equal"] != true);
    found.extend(different.map(|model| Finding::ModelDiffers { model: text(&model["model"]) }));
    if models.is_empty() || (found.is_empty() && verdict["sound"] != true) {
        found.push(Finding::Unsound { what: format!("no word of soundness in {verdict}") });
    }
    found
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod specs {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sound_verdict_has_no_findings() {
        let models = json!([{"model": "board", "equal": true}]);
        assert_eq!(of_verify(&json!({"sound": true, "findings": [], "models": models})), []);
    }

    #[test]
    fn every_finding_and_every_model_that_differs_is_told() {
        let models = json!([{"model": "board", "equal": true}, {"model": "timers", "equal": false}]);
        let found = of_verify(&json!({"sound": false, "findings": ["at 7: other leaf"], "models": models}));
        assert_eq!(
            found,
            [
                Finding::Unsound { what: "at 7: other leaf".into() },
                Finding::ModelDiffers { model: "timers".into() }
            ]
        );
    }

    #[test]
    fn an_answer_that_says_nothing_is_no_good_answer() {
        for verdict in [
            json!({}),
            json!({"sound": true}),
            json!({"sound": false, "findings": [], "models": [{"model": "board", "equal": true}]}),
        ] {
            assert_eq!(of_verify(&verdict).len(), 1, "{verdict}");
        }
    }
}
