// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which addresses a certificate may make this machine talk to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to everybody's internet: not this machine, not a private or link-local network, not a
/// range that IANA keeps for special use (RFC 6890 and its registries).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_unspecified()
        || a == 0
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || (a == 100 && (64..128).contains(&b)) // RFC 6598, shared address space
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (b == 18 || b == 19)) // RFC 2544, benchmarking
        || address.is_documentation()
        || a >= 240;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [first, second, .., g, h] = segments;
    // An IPv4 address in IPv6 clothes is judged as what it is (RFC 4291, 2.5.5; RFC 6052; RFC 3056).
    if let Some(v4) = address.to_ipv4() {
        return is_public_v4(v4);
    }
    let pair = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public_v4(pair(g, h));
    }
    if first == 0x2002 {
        return is_public_v4(pair(second, segments[2]));
    }
    // Everybody's internet is 2000::/3 (RFC 4291, 2.4); what is kept for special use in it is left out: 2001::/23 with
    // Teredo, which hides an IPv4 address, the two ranges for documentation, and ISATAP, which hides one too.
    let global = (first & 0xe000) == 0x2000;
    let special = (first == 0x2001 && (second < 0x200 || second == 0xdb8))
        || (first == 0x3fff && second < 0x1000)
        || matches!(segments[4..6], [0x0000 | 0x0200, 0x5efe]);
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "3fff::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:10::1",
            "64:ff9b:1::7f00:1",
            "::ffff:0:127.0.0.1",
            "::127.0.0.1",
            "100::1",
            "5f00::1",
            "4000::1",
            "2606:4700::5efe:7f00:1",
            "2606:4700::200:5efe:10.0.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "240.0.0.1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in
            ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
