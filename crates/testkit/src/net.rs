// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The world's web server on a loopback port: HTTP/1.1, one request a connection, a clock of its own.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use keiin_model::Time;

use crate::{Answer, Fault, Faults, TestPki, World};

/// Octets of a request's head.
const MAX_HEAD: u64 = 16 * 1024;
/// Octets of a request's body. Time-stamp and OCSP requests are below one kilobyte.
const MAX_BODY: usize = 64 * 1024;
/// Connections at once; more are closed unanswered.
const MAX_CONNECTIONS: usize = 32;
/// How long a client may keep the server waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// A port that is taken but not served yet, so that certificates can name it.
pub struct Port(TcpListener);

impl Port {
    /// Takes a free port of 127.0.0.1.
    ///
    /// # Errors
    /// As the system says.
    pub fn take() -> io::Result<Self> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(Self)
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// As the system says.
    pub fn url(&self) -> io::Result<String> {
        Ok(format!("http://{}", self.0.local_addr()?))
    }

    /// Serves a world, whose certificates should name [`Port::url`], with the clock at a moment.
    ///
    /// # Errors
    /// As the system says.
    pub fn serve(self, pki: Arc<TestPki>, at: Time) -> io::Result<Server> {
        let address = self.0.local_addr()?;
        let shared = Arc::new(Shared {
            pki,
            clock: Arc::new(Mutex::new(at)),
            faults: Mutex::new(Faults::none()),
            log: Mutex::new(Vec::new()),
            stop: AtomicBool::new(false),
            open: AtomicUsize::new(0),
        });
        let for_thread = Arc::clone(&shared);
        let accept = thread::Builder::new()
            .name("keiin-testkit".to_owned())
            .spawn(move || accept_all(&self.0, &for_thread))?;
        Ok(Server { address, shared, accept: Some(accept) })
    }
}

/// A running server. It stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accept: Option<JoinHandle<()>>,
}

struct Shared {
    pki: Arc<TestPki>,
    clock: Arc<Mutex<Time>>,
    faults: Mutex<Faults>,
    log: Mutex<Vec<String>>,
    stop: AtomicBool,
    open: AtomicUsize,
}

impl Server {
    /// The HPKI-like world on a free port, with its URLs in the certificates and the clock at [`TestPki::START`].
    ///
    /// # Errors
    /// As the system says.
    pub fn hpki() -> io::Result<Self> {
        Self::with(|url| World::hpki(url, TestPki::START))
    }

    /// Another world on a free port: the closure gets the base URL for its certificates. The clock is at its start.
    ///
    /// # Errors
    /// As the system says.
    pub fn with(world: impl FnOnce(&str) -> World) -> io::Result<Self> {
        let port = Port::take()?;
        let pki = world(&port.url()?).build();
        let start = pki.start();
        port.serve(Arc::new(pki), start)
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The world that it serves.
    pub fn pki(&self) -> &Arc<TestPki> {
        &self.shared.pki
    }

    /// The clock, to share with what else lives in the simulated time.
    pub fn clock(&self) -> Arc<Mutex<Time>> {
        Arc::clone(&self.shared.clock)
    }

    /// Sets the clock.
    pub fn set_time(&self, at: Time) {
        *lock(&self.shared.clock) = at;
    }

    /// Sets the faults, in place of those before.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.shared.faults) = faults;
    }

    /// What was asked so far, in order: `GET /crl/signing-ca.crl`.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared.log).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees the flag.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
        if let Some(accept) = self.accept.take() {
            drop(accept.join());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept_all(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if shared.open.fetch_add(1, Ordering::SeqCst) >= MAX_CONNECTIONS {
            shared.open.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A client that goes away in the middle is its own affair.
            drop(converse(&stream, &shared));
            drop(stream.shutdown(Shutdown::Both));
            shared.open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

struct Request {
    method: String,
    path: String,
    content_type: String,
    authorization: String,
    body: Vec<u8>,
}

fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let answer = match read_request(stream)? {
        Ok(request) => respond(&request, shared),
        Err(status) => Answer::new(status, "text/plain", b"the request is not understood".to_vec()),
    };
    wait(answer.delay, shared);
    write_answer(stream, &answer)
}

fn respond(request: &Request, shared: &Shared) -> Answer {
    lock(&shared.log).push(format!("{} {}", request.method, request.path));
    let at = *lock(&shared.clock);
    let mut faults = lock(&shared.faults).clone();
    if let Some(Fault::BasicAuthentication { user, password }) = faults.of(&request.path) {
        let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        if request.authorization == expected {
            faults = Faults::none();
        }
    }
    let wanted = match request.path.split('/').nth(1) {
        Some("tsa") => Some("application/timestamp-query"),
        Some("ocsp") => Some("application/ocsp-request"),
        _ => None,
    };
    if request.method == "POST" && wanted.is_some_and(|wanted| request.content_type != wanted) {
        return Answer::new(415, "text/plain", b"the wrong content type".to_vec());
    }
    shared.pki.answer_with(&faults, &request.method, &request.path, &request.body, at)
}

/// Sleeps in steps, so that a stopping server does not wait for its slowest answer.
fn wait(delay: Duration, shared: &Shared) {
    const STEP: Duration = Duration::from_millis(20);
    let mut left = delay;
    while !left.is_zero() && !shared.stop.load(Ordering::SeqCst) {
        let step = left.min(STEP);
        thread::sleep(step);
        left -= step;
    }
}

/// The request, or the status that says what is wrong with it.
fn read_request(stream: &TcpStream) -> io::Result<Result<Request, u16>> {
    let mut reader = BufReader::new(stream);
    let mut head = reader.by_ref().take(MAX_HEAD);
    let mut line = String::new();
    head.read_line(&mut line)?;
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(path), Some(_)) = (words.next(), words.next(), words.next()) else {
        return Ok(Err(400));
    };
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        content_type: String::new(),
        authorization: String::new(),
        body: Vec::new(),
    };
    let mut length = 0;
    let mut expects = false;
    loop {
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(Err(431));
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { return Ok(Err(400)) };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => match value.parse::<usize>() {
                Ok(octets) if octets <= MAX_BODY => length = octets,
                Ok(_) => return Ok(Err(413)),
                Err(_) => return Ok(Err(400)),
            },
            "transfer-encoding" => return Ok(Err(411)),
            "content-type" => value.clone_into(&mut request.content_type),
            "authorization" => value.clone_into(&mut request.authorization),
            "expect" => expects = true,
            _ => {}
        }
    }
    if expects {
        (&mut &*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    Ok(Ok(request))
}

fn write_answer(mut stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    let reason = match answer.status {
        200 => "OK",
        302 => "Found",
        401 => "Unauthorized",
        404 => "Not Found",
        500 => "Internal Server Error",
        _ => "Answer",
    };
    let mut head = format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n",
        answer.status, answer.content_type, answer.content_length
    );
    if let Some(location) = &answer.location {
        head.push_str(&format!("Location: {location}\r\n"));
    }
    if answer.status == 401 {
        head.push_str("WWW-Authenticate: Basic realm=\"keiin test\"\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()
}
