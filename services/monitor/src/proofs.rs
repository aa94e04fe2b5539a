//! Checkpoints and proofs. `ProofService` of the contract.

use std::sync::Arc;

use seinhuis_contract::proto::proof::v1 as wire;
use seinhuis_contract::proto::proof::v1::proof_service_server::ProofService;
use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Principal;
use seinhuis_eventstore::Position;
use seinhuis_eventstore::proof::{ProofError, Unprovable};
use tonic::{Request, Response, Status};

use crate::failure::Failure;
use crate::hub::Hub;

/// The service. What it says is the same for everybody whom the gate let in.
#[derive(Debug)]
pub(crate) struct Proofs {
    hub: Arc<Hub>,
}

impl Proofs {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    async fn checkpoint(&self, size: Option<u64>) -> Result<wire::GetCheckpointResponse, Failure> {
        let proof = &self.hub.parts.proof;
        let kept = proof.book.checkpoint(size).await?;
        let verifier_key = (proof.key)().map_or_else(String::new, |key| key.to_string());
        Ok(wire::GetCheckpointResponse { checkpoint: kept.note, size: kept.size, verifier_key })
    }

    async fn inclusion(
        &self,
        asked: wire::GetInclusionProofRequest,
    ) -> Result<wire::GetInclusionProofResponse, Failure> {
        let proof = self.hub.parts.proof.book.inclusion(Position(asked.position), asked.size).await?;
        Ok(wire::GetInclusionProofResponse {
            position: proof.position.0,
            size: proof.checkpoint.size,
            leaf: proof.leaf.to_vec(),
            path: bytes(&proof.path),
            checkpoint: proof.checkpoint.note,
        })
    }

    async fn consistency(
        &self,
        asked: wire::GetConsistencyProofRequest,
    ) -> Result<wire::GetConsistencyProofResponse, Failure> {
        let proof = self.hub.parts.proof.book.consistency(asked.old_size, asked.new_size).await?;
        Ok(wire::GetConsistencyProofResponse {
            old_size: proof.old.size,
            new_size: proof.new.size,
            path: bytes(&proof.path),
            old_checkpoint: proof.old.note,
            checkpoint: proof.new.note,
        })
    }
}

fn bytes(path: &[[u8; 32]]) -> Vec<Vec<u8>> {
    path.iter().map(|hash| hash.to_vec()).collect()
}

/// A request without a caller came by a way past the gate.
fn admitted<T>(request: Request<T>) -> Result<T, Problem> {
    match request.extensions().get::<Principal>() {
        Some(_) => Ok(request.into_inner()),
        None => Err(Problem::NoToken),
    }
}

impl From<ProofError> for Failure {
    fn from(error: ProofError) -> Self {
        let why = match error {
            ProofError::Fault(fault) => return Self::Log(fault),
            ProofError::Refused(why) => why,
        };
        Self::Problem(match why {
            Unprovable::NothingSigned => Problem::NothingSigned,
            Unprovable::UnknownSize { size, next } => Problem::NoCheckpoint { size, next },
            Unprovable::NotIncluded { position, size } => {
                Problem::BeyondTheCheckpoint { position: position.0, size }
            }
            Unprovable::OldIsLarger { old, new } => {
                Problem::field("old_size", &old.to_string(), &format!("at most the newer size, {new}"))
            }
        })
    }
}

#[tonic::async_trait]
impl ProofService for Proofs {
    async fn get_checkpoint(
        &self,
        request: Request<wire::GetCheckpointRequest>,
    ) -> Result<Response<wire::GetCheckpointResponse>, Status> {
        Ok(Response::new(self.checkpoint(admitted(request)?.size).await?))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<wire::GetInclusionProofRequest>,
    ) -> Result<Response<wire::GetInclusionProofResponse>, Status> {
        Ok(Response::new(self.inclusion(admitted(request)?).await?))
    }

    async fn get_consistency_proof(
        &self,
        request: Request<wire::GetConsistencyProofRequest>,
    ) -> Result<Response<wire::GetConsistencyProofResponse>, Status> {
        Ok(Response::new(self.consistency(admitted(request)?).await?))
    }
}
