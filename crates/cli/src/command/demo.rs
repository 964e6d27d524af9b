// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `keiin demo`: a prescription's signature over twenty-five years, on a test PKI in the process.

mod scene;
mod timeline;

use keiin::{
    Done, Goal, Level, Renewal, Tsa, extend,
    model::{DigestAlgorithm, Indication, Time},
    renew,
};

use self::{
    scene::{Scene, Stage},
    timeline::Event,
};
use crate::{
    context::Context,
    error::{Exit, Failure},
    flags::Demo,
};

/// Plays it, and says whether every verdict was as it should be.
pub(crate) fn run(context: &Context, flags: &Demo) -> Result<Exit, Failure> {
    let began = std::time::Instant::now();
    let stage = Stage::new(flags.keep.as_deref())?;
    let scene = Scene::new(&stage, context.lang);
    let events = play(&scene)?;
    let mut text = timeline::render(&events, &stage, context.lang);
    let right = events.iter().all(Event::is_as_told);
    let seconds = began.elapsed().as_secs_f64();
    text.push_str(&timeline::summary(events.len(), right, seconds, context.lang));
    context.print(&text)?;
    // The demo promises verdicts: one that came out otherwise is a failure, whichever it is.
    Ok(if right { Exit::Valid } else { Exit::Invalid })
}

fn play(scene: &Scene<'_>) -> Result<Vec<Event>, Failure> {
    let mut events = Vec::new();
    let start = scene.start();
    let lang = scene.lang;
    let (mut document, signed) = scene.sign(start)?;
    events.push(scene.event(start, lang.pick("医師が署名", "the doctor signs"), signed, &document, None)?);

    let at = start.plus_seconds(60);
    scene.clock.set(at);
    let setup = scene.setup("tsa-ecdsa", DigestAlgorithm::Sha256);
    reach(extend(&setup, &mut document, Goal::Level(Level::T), at)?)?;
    let what = lang.pick("署名タイムスタンプを付与", "signature time-stamp");
    // A minute later a list issued after the time-stamp is still to come: strict revocation checking says so.
    events.push(scene.event(
        at.plus_seconds(60),
        what,
        "ES-T",
        &document,
        Some(Indication::Indeterminate),
    )?);

    let at = start.plus_days(1).plus_seconds(60);
    scene.clock.set(at);
    reach(extend(&setup, &mut document, Goal::Level(Level::Xl), at)?)?;
    let what = lang.pick("翌日のCRLなど検証情報を格納", "the next day's CRL and certificates go in");
    events.push(scene.event(at, what, "ES-XL", &document, Some(Indication::TotalPassed))?);

    let at = at.plus_seconds(60);
    scene.clock.set(at);
    reach(extend(&setup, &mut document, Goal::Level(Level::A), at)?)?;
    let what = lang.pick("アーカイブタイムスタンプで封印", "an archive time-stamp seals it");
    events.push(scene.event(at, what, "ES-A", &document, Some(Indication::TotalPassed))?);

    let neglected = Scene::copy(&document)?;
    events.push(renewal(scene, &mut document, years(start, 10), "tsa-generation-2")?);
    let at = years(start, 12);
    let what = lang.pick("12年後に検証", "verified 12 years on");
    events.push(scene.event(at, what, "ES-A", &document, Some(Indication::TotalPassed))?);
    let what = lang.pick("12年後、更新しなかった場合", "12 years on, had nobody renewed");
    events.push(scene.event(at, what, "ES-A", &neglected, Some(Indication::Indeterminate))?.aside());

    let neglected = Scene::copy(&document)?;
    events.push(renewal(scene, &mut document, years(start, 20), "tsa-generation-3")?);
    let at = years(start, 25);
    let what = lang.pick("25年後に検証", "verified 25 years on");
    events.push(scene.event(at, what, "ES-A", &document, Some(Indication::TotalPassed))?);
    let what = lang.pick("25年後、2回目の更新をしなかった場合", "25 years on, renewed only once");
    events.push(scene.event(at, what, "ES-A", &neglected, Some(Indication::Indeterminate))?.aside());
    scene.finish(&document)?;
    Ok(events)
}

/// The same day and hour, years later. The story begins on a 1 April, so there is always such a day.
fn years(start: Time, years: u16) -> Time {
    let (year, month, day, hour, minute, second) = start.calendar();
    let year = u16::try_from(year).unwrap_or_default().saturating_add(years);
    Time::from_calendar(year, month, day, hour, minute, second, 0).unwrap_or(start)
}

fn renewal(scene: &Scene<'_>, document: &mut keiin::Document, at: Time, tsa: &str) -> Result<Event, Failure> {
    scene.clock.set(at);
    let setup = scene.setup(tsa, DigestAlgorithm::Sha512);
    let renewal = Renewal { digest: Some(DigestAlgorithm::Sha512) };
    reach(renew(&setup, document, renewal, at)?)?;
    let what = scene.lang.pick("更新(新しい局、SHA-512)", "renewed (another TSA, SHA-512)");
    scene.event(at, what, "ES-A", document, Some(Indication::TotalPassed))
}

/// A step that was stopped ends the demo with what stopped it.
fn reach(extended: keiin::Extended) -> Result<(), Failure> {
    let stamped = extended
        .steps
        .iter()
        .any(|step| matches!(step.done, Done::Timestamped { .. } | Done::Embedded { .. }));
    match extended.stopped {
        Some(stopped) => Err(stopped.into()),
        None if stamped => Ok(()),
        None => Err(Failure::usage("段階が進みませんでした", "no step was made")),
    }
}

/// A TSA of the test world.
fn tsa(name: &str) -> Tsa {
    Tsa::new(format!("{}/tsa/{name}", keiin_testkit::DEFAULT_BASE_URL))
}
