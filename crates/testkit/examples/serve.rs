// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Serves the test world on a loopback port until Enter is pressed, for trying other people's clients on it:
//!
//! ```text
//! cargo run -p keiin-testkit --example serve -- /tmp/world 2026-04-01T09:00:00Z
//! ```
//!
//! Every certificate is written to the folder as `NAME.cer`, every key as `NAME.p8`.

use std::{env, error::Error, fs, io, path::PathBuf};

use keiin_testkit::{TestPki, net::Server};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder for the certificates")?);
    let at = arguments.next().map_or(Ok(TestPki::START), |text| text.parse())?;
    let server = Server::hpki()?;
    server.set_time(at);
    fs::create_dir_all(&folder)?;
    for entity in server.pki().entities() {
        let name = &entity.name;
        fs::write(folder.join(format!("{name}.cer")), server.pki().certificate(name))?;
        fs::write(folder.join(format!("{name}.p8")), server.pki().key_pkcs8(name))?;
    }
    println!("{} at {at}, certificates in {}; Enter ends it", server.url(), folder.display());
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
