//! Which class of callers each call is for. One row per call; a call without a row is for nobody.

use seinhuis_domain::access::Role;
use seinhuis_domain::sector::Sector;

/// Who may make a call at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Partners of this sector.
    Report(Sector),
    /// Partners, about their own signals.
    OwnSignals,
    /// Persons in one of these roles; and what the call does, for the words of a denial.
    Persons(&'static [Role], &'static str),
    /// Everybody who has a token.
    Anybody,
    /// Everybody, without a token: says nothing about anybody.
    Open,
}

const CASEWORKERS: &[Role] = &[Role::Regisseur, Role::TeamMember, Role::College];
const READERS: &[Role] = &[Role::Regisseur, Role::TeamMember, Role::College, Role::Analyst];
const OPERATORS: &[Role] = &[Role::Operator];
const OFFICIALS: &[Role] = Role::ALL;

/// Every call, by its path.
pub const METHODS: &[(&str, Class)] = &[
    ("/seinhuis.ingest.v1.PoliceIngestService/Report", Class::Report(Sector::Police)),
    ("/seinhuis.ingest.v1.PoliceIngestService/ReportStream", Class::Report(Sector::Police)),
    ("/seinhuis.ingest.v1.HousingIngestService/Report", Class::Report(Sector::Housing)),
    ("/seinhuis.ingest.v1.HousingIngestService/ReportStream", Class::Report(Sector::Housing)),
    ("/seinhuis.ingest.v1.CareIngestService/Report", Class::Report(Sector::Care)),
    ("/seinhuis.ingest.v1.CareIngestService/ReportStream", Class::Report(Sector::Care)),
    ("/seinhuis.ingest.v1.MunicipalIngestService/Report", Class::Report(Sector::Municipal)),
    ("/seinhuis.ingest.v1.MunicipalIngestService/ReportStream", Class::Report(Sector::Municipal)),
    ("/seinhuis.monitor.v1.OwnSignalsService/ListOwnSignals", Class::OwnSignals),
    ("/seinhuis.monitor.v1.OwnSignalsService/ReadFeedback", Class::OwnSignals),
    ("/seinhuis.history.v1.HistoryService/GetAsOf", Class::Persons(READERS, "see the past")),
    ("/seinhuis.history.v1.HistoryService/GetSeries", Class::Persons(READERS, "see the past")),
    ("/seinhuis.history.v1.HistoryService/ExportModel", Class::Persons(READERS, "export what is known")),
    ("/seinhuis.history.v1.HistoryService/ExportEvents", Class::Persons(READERS, "export events")),
    (
        "/seinhuis.history.v1.HistoryService/RebuildProjection",
        Class::Persons(OPERATORS, "rebuild read models"),
    ),
    ("/seinhuis.monitor.v1.BoardService/GetBoard", Class::Persons(READERS, "see the board")),
    ("/seinhuis.monitor.v1.BoardService/WatchBoards", Class::Persons(READERS, "see the board")),
    ("/seinhuis.monitor.v1.LogService/WatchFacts", Class::Persons(OFFICIALS, "follow the log")),
    ("/seinhuis.monitor.v1.TimerService/ListTimers", Class::Persons(CASEWORKERS, "see timers")),
    ("/seinhuis.monitor.v1.TimerService/WatchTimers", Class::Persons(CASEWORKERS, "see timers")),
    ("/seinhuis.monitor.v1.NoticeService/ListNotices", Class::Persons(OFFICIALS, "have an inbox")),
    ("/seinhuis.monitor.v1.NoticeService/WatchNotices", Class::Persons(OFFICIALS, "follow the log")),
    ("/seinhuis.monitor.v1.PipelineService/GetPipeline", Class::Persons(OFFICIALS, "see the pipeline")),
    ("/seinhuis.monitor.v1.PipelineService/WatchPipeline", Class::Persons(OFFICIALS, "see the pipeline")),
    ("/seinhuis.case.v1.CaseService/GetCase", Class::Persons(CASEWORKERS, "see cases")),
    ("/seinhuis.case.v1.CaseService/Why", Class::Persons(CASEWORKERS, "see cases")),
    ("/seinhuis.case.v1.CaseService/ReadContent", Class::Persons(CASEWORKERS, "read personal content")),
    ("/seinhuis.case.v1.CaseService/Act", Class::Persons(CASEWORKERS, "work on cases")),
    ("/seinhuis.proof.v1.ProofService/GetCheckpoint", Class::Anybody),
    ("/seinhuis.proof.v1.ProofService/GetInclusionProof", Class::Anybody),
    ("/seinhuis.proof.v1.ProofService/GetConsistencyProof", Class::Anybody),
    ("/grpc.health.v1.Health/Check", Class::Open),
    ("/grpc.health.v1.Health/Watch", Class::Open),
    ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Class::Open),
    ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Class::Open),
];

/// Who may make the call at this path; `None` for nobody.
pub fn class_of(path: &str) -> Option<Class> {
    METHODS.iter().find(|(known, _)| *known == path).map(|(_, class)| *class)
}

#[cfg(test)]
mod specs {
    use std::collections::BTreeSet;

    use prost::Message;

    use super::*;

    #[test]
    fn every_call_of_the_contract_has_a_row_and_every_row_a_call() {
        let set = prost_types::FileDescriptorSet::decode(crate::proto::FILE_DESCRIPTOR_SET).unwrap();
        let mut calls = BTreeSet::new();
        for file in &set.file {
            for service in &file.service {
                let path = |m: &prost_types::MethodDescriptorProto| {
                    format!("/{}.{}/{}", file.package(), service.name(), m.name())
                };
                calls.extend(service.method.iter().map(path));
            }
        }
        assert!(calls.len() >= 20, "the contract lost calls: {calls:?}");
        let rows =
            METHODS.iter().map(|(path, _)| (*path).to_owned()).filter(|path| path.starts_with("/seinhuis."));
        assert_eq!(rows.collect::<BTreeSet<_>>(), calls);
    }

    #[test]
    fn an_unlisted_call_is_for_nobody() {
        assert_eq!(class_of("/seinhuis.case.v1.CaseService/Destroy"), None);
        assert_eq!(class_of("/"), None);
    }
}
