//! The demo ends well for both municipalities, and explains the family's case step by step.

use seinhuis_testkit::Hub;

fn plays(profile: &str) {
    let hub = Hub::new(profile).unwrap();
    let said = hub.run(&["demo", "--exit", "--profile", profile, "--signals", "250"]).unwrap();
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    for part in ["All of it is true", "step by step", "the regisseur's mail"] {
        assert!(said.out.contains(part), "{part:?} is missing in\n{}", said.out);
    }
    assert!(!said.out.contains("FALSE"), "{}", said.out);
    let steps = said.out.lines().filter(|line| line.trim_start().starts_with('#')).count();
    assert!(steps >= 8, "{steps} steps in\n{}", said.out);
}

#[test]
fn the_demo_of_oude_ijsselstreek_proves_what_it_claims() {
    plays("oude-ijsselstreek");
}

#[test]
fn the_demo_of_lelystad_proves_what_it_claims() {
    plays("lelystad");
}
