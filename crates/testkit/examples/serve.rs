// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Serves the test world on a loopback port until standard input ends or brings a line, for trying other people's
//! clients on it. Without a time its clock is the system's.
//!
//! ```text
//! cargo run -p keiin-testkit --example serve -- /tmp/world 2026-04-01T09:00:00Z
//! ```
//!
//! `ocsp` or `both` put OCSP responders into every certificate, `plain` gives the root a CRL without a critical
//! IssuingDistributionPoint (for EU DSS). Every certificate is written to the folder as `NAME.cer`, every key as `NAME.p8` (DER). At the end the requests
//! are listed.

use std::{
    env,
    error::Error,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime},
};

use keiin_model::Time;
use keiin_testkit::{RevocationSources, TestPki, World, net::Server};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder for the certificates")?);
    let (mut sources, mut plain, mut at) = (RevocationSources::Crl, false, None);
    for argument in arguments {
        match argument.as_str() {
            "ocsp" => sources = RevocationSources::Ocsp,
            "both" => sources = RevocationSources::Both,
            "plain" => plain = true,
            time => at = Some(time.parse()?),
        }
    }
    let server = Server::with(|url| {
        let world = World::hpki(url, TestPki::START).with_sources(sources);
        if plain { world.with_plain_root_crl() } else { world }
    })?;
    match at {
        Some(at) => server.set_time(at),
        None => follow_the_system(server.clock()),
    }
    fs::create_dir_all(&folder)?;
    for entity in server.pki().entities() {
        let name = &entity.name;
        fs::write(folder.join(format!("{name}.cer")), server.pki().certificate(name))?;
        fs::write(folder.join(format!("{name}.p8")), server.pki().key_pkcs8(name))?;
    }
    println!("{} with its certificates in {}; Enter ends it", server.url(), folder.display());
    io::stdin().read_line(&mut String::new())?;
    server.requests().iter().for_each(|request| println!("{request}"));
    Ok(())
}

fn follow_the_system(clock: Arc<Mutex<Time>>) {
    thread::spawn(move || {
        while let Ok(since) = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            let Ok(mut clock) = clock.lock() else { return };
            *clock = Time::from_unix(0) + since;
            drop(clock);
            thread::sleep(Duration::from_millis(20));
        }
    });
}
