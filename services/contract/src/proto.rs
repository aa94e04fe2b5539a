//! What the build script makes of `proto/`. Documented there.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

/// Shared words.
pub mod common {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("seinhuis.common.v1");
    }
}

/// How partners report.
pub mod ingest {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("seinhuis.ingest.v1");
        tonic::include_proto!("seinhuis.ingest.v1.PoliceIngestService");
        tonic::include_proto!("seinhuis.ingest.v1.HousingIngestService");
        tonic::include_proto!("seinhuis.ingest.v1.CareIngestService");
        tonic::include_proto!("seinhuis.ingest.v1.MunicipalIngestService");
    }
}

/// Cases.
pub mod case {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("seinhuis.case.v1");
        tonic::include_proto!("seinhuis.case.v1.CaseService");
    }
}

/// Boards, streams and timers.
pub mod monitor {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("seinhuis.monitor.v1");
        tonic::include_proto!("seinhuis.monitor.v1.BoardService");
        tonic::include_proto!("seinhuis.monitor.v1.OwnSignalsService");
        tonic::include_proto!("seinhuis.monitor.v1.LogService");
        tonic::include_proto!("seinhuis.monitor.v1.TimerService");
        tonic::include_proto!("seinhuis.monitor.v1.NoticeService");
        tonic::include_proto!("seinhuis.monitor.v1.PipelineService");
    }
}

/// The past.
pub mod history {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("seinhuis.history.v1");
        tonic::include_proto!("seinhuis.history.v1.HistoryService");
    }
}

/// Proofs.
pub mod proof {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("seinhuis.proof.v1");
        tonic::include_proto!("seinhuis.proof.v1.ProofService");
    }
}

/// The whole contract as an encoded `google.protobuf.FileDescriptorSet`, for server reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
