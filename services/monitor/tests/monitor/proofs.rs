//! Checkpoints and proofs, for everybody with a token.

use seinhuis_contract::proto::proof::v1::{
    GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest,
};
use seinhuis_domain::example;
use seinhuis_eventstore::Position;
use seinhuis_eventstore::proof::{Checkpoint, VerifierKey};
use tonic::Code;
use tonic_types::StatusExt;

use crate::scene::Scene;

fn reason(status: &tonic::Status) -> (Code, String) {
    (
        status.code(),
        status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default(),
    )
}

#[tokio::test]
async fn partners_and_persons_get_checkpoints_and_what_leads_to_them() {
    let scene = Scene::begin().await;
    let old_size = scene.sign().await;
    let position = scene.report(example::signal("wonion", "w1", "housing.soc.gel")).await.position.0;
    let size = scene.sign().await;
    for who in ["wonion", "politie", "regisseur-ulft"] {
        let mut client = scene.proofs(who);
        let last = client.get_checkpoint(GetCheckpointRequest { size: None }).await.unwrap().into_inner();
        let key: VerifierKey = last.verifier_key.parse().unwrap();
        let checkpoint = Checkpoint::open(&last.checkpoint, &key).unwrap();
        assert_eq!((last.size, checkpoint.size, &key), (size, size, scene.signer.verifier()));

        let asked = GetInclusionProofRequest { position, size: None };
        let proof = client.get_inclusion_proof(asked).await.unwrap().into_inner();
        let leaf = scene.log.leaves(Position(position - 1), 1).await.unwrap()[0];
        assert_eq!(
            (proof.position, proof.size, proof.leaf, &proof.checkpoint),
            (position, size, leaf.to_vec(), &last.checkpoint)
        );

        let asked = GetConsistencyProofRequest { old_size, new_size: Some(size) };
        let proof = client.get_consistency_proof(asked).await.unwrap().into_inner();
        let kept = scene.book.consistency(old_size, Some(size)).await.unwrap();
        assert_eq!(proof.path.concat(), kept.path.concat());
        assert_eq!((proof.old_checkpoint, proof.checkpoint), (kept.old.note, last.checkpoint));
    }
    let nobody =
        scene.proofs("nobody").get_checkpoint(GetCheckpointRequest { size: None }).await.unwrap_err();
    assert_eq!(nobody.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn what_cannot_be_proven_is_refused_and_says_why() {
    let scene = Scene::begin().await;
    let mut client = scene.proofs("wonion");
    let nothing = client.get_checkpoint(GetCheckpointRequest { size: None }).await.unwrap_err();
    assert_eq!(reason(&nothing), (Code::Unavailable, "NOTHING_SIGNED".into()));
    let size = scene.sign().await;
    for (position, within, told) in [
        (size + 1, None, (Code::OutOfRange, "BEYOND_THE_CHECKPOINT")),
        (0, None, (Code::OutOfRange, "BEYOND_THE_CHECKPOINT")),
        (1, Some(size - 1), (Code::NotFound, "NO_CHECKPOINT")),
        (1, Some(u64::MAX), (Code::NotFound, "NO_CHECKPOINT")),
    ] {
        let asked = GetInclusionProofRequest { position, size: within };
        let status = client.get_inclusion_proof(asked).await.unwrap_err();
        assert_eq!(reason(&status), (told.0, told.1.into()), "{status}");
    }
    let asked = GetConsistencyProofRequest { old_size: size + 1, new_size: None };
    let status = client.get_consistency_proof(asked).await.unwrap_err();
    assert_eq!(reason(&status), (Code::InvalidArgument, "INVALID".into()));
    assert!(status.message().starts_with("old_size must be at most the newer size"), "{status}");
}
