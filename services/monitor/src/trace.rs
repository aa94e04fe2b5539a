//! The caller's place in a distributed trace (W3C Trace Context), if he names one that is well-formed. Anything else
//! is left out: it goes into the log, where it could not be taken back.

use tonic::metadata::MetadataMap;

/// The `traceparent` of the request: `00-<32 hex>-<16 hex>-<2 hex>`.
pub(crate) fn parent(metadata: &MetadataMap) -> Option<String> {
    let shown = metadata.get("traceparent")?.to_str().ok()?;
    well_formed(shown).then(|| shown.to_owned())
}

fn well_formed(text: &str) -> bool {
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), ["00", trace, parent, flags]
        if hex(trace, 32) && hex(parent, 16) && hex(flags, 2)
            && trace.contains(|c| c != '0') && parent.contains(|c| c != '0'))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn only_a_well_formed_parent_is_kept() {
        let mut metadata = MetadataMap::new();
        assert_eq!(parent(&metadata), None);
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        metadata.insert("traceparent", good.parse().unwrap());
        assert_eq!(parent(&metadata).as_deref(), Some(good));
        for bad in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "Jan de Vries, 999999990",
        ] {
            metadata.insert("traceparent", bad.parse().unwrap());
            assert_eq!(parent(&metadata), None, "{bad}");
        }
    }
}
