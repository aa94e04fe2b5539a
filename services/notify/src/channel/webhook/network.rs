//! Which addresses a webhook may have. A profile names hosts, and whoever holds the name decides where it leads: without
//! this rule into the hub's own network, to services that trust whoever can reach them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// Anywhere on the internet.
    Public,
    /// On this machine or in a network of one's own.
    Private,
    /// Where no receiver is: link-local (a cloud answers there with a machine's credentials), multicast, reserved, or an
    /// address that hides another one.
    Nowhere,
}

impl Network {
    pub(super) fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self::of_v4(ip),
            IpAddr::V6(ip) => Self::of_v6(ip),
        }
    }

    /// By the registry of special addresses (RFC 6890).
    fn of_v4(ip: Ipv4Addr) -> Self {
        match ip.octets() {
            _ if ip.is_private() || ip.is_loopback() => Self::Private,
            // Shared by the customers of one provider (RFC 6598).
            [100, 64..=127, ..] => Self::Private,
            [0, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] | [224..=255, ..] => {
                Self::Nowhere
            }
            _ if ip.is_link_local() || ip.is_documentation() => Self::Nowhere,
            _ => Self::Public,
        }
    }

    fn of_v6(ip: Ipv6Addr) -> Self {
        match ip.segments() {
            _ if ip.is_loopback() || ip.is_unique_local() => Self::Private,
            // An IPv4 address for a translator (RFC 6052): it is that one that is called.
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                Self::of_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
            }
            // Tunnels and other special ones, 6to4, and addresses of examples.
            [0x2001, ..=0x1ff, ..] | [0x2002, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..=0xfff, ..] => {
                Self::Nowhere
            }
            // All that has been given out so far.
            [0x2000..=0x3fff, ..] => Self::Public,
            _ => Self::Nowhere,
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[track_caller]
    fn all(network: Network, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(Network::of(address.parse().unwrap()), network, "{address}");
        }
    }

    #[test]
    fn what_anybody_reaches_is_public() {
        all(Network::Public, &["9.9.9.9", "100.63.255.255", "172.32.0.1", "198.20.0.1", "223.255.255.255"]);
        all(
            Network::Public,
            &["2a00:1450:400e::1", "2001:200::1", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::9.9.9.9"],
        );
    }

    #[test]
    fn what_only_ones_own_network_reaches_is_private_however_it_is_written() {
        all(
            Network::Private,
            &["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
        );
        all(Network::Private, &["100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fdff::1"]);
        all(Network::Private, &["::ffff:127.0.0.1", "::ffff:192.168.1.1", "64:ff9b::10.0.0.1"]);
    }

    #[test]
    fn link_local_multicast_reserved_and_what_hides_another_address_lie_nowhere() {
        all(
            Network::Nowhere,
            &["0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
        );
        all(Network::Nowhere, &["192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"]);
        all(Network::Nowhere, &["::", "fe80::1", "febf::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1"]);
        // Tunnels that end at 127.0.0.1, and one written out in full.
        all(Network::Nowhere, &["2002:7f00:1::1", "2001::1", "::127.0.0.1", "::ffff:169.254.169.254"]);
        all(Network::Nowhere, &["64:ff9b::169.254.169.254", "4000::1"]);
    }
}
