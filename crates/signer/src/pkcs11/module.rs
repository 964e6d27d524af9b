// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A loaded PKCS#11 library: initialised once in a process, finalised when the last user of it is gone.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, Rv, RvError};
use cryptoki::session::Session;
use keiin_model::SignerError;

use super::failure::{failure, refusal};

/// A loaded PKCS#11 library. Clones share it; the last one to go finalises it.
pub struct Module {
    loaded: Arc<Loaded>,
}

struct Loaded {
    path: PathBuf,
    context: Pkcs11,
    /// The same library once more, for the one call that cryptoki does not offer by itself. Keeps `sign`
    /// callable.
    _library: cryptoki_sys::Pkcs11,
    sign: CSign,
    /// Whoever called C_Initialize calls C_Finalize.
    ours: bool,
}

type CSign = unsafe extern "C" fn(
    cryptoki_sys::CK_SESSION_HANDLE,
    *mut cryptoki_sys::CK_BYTE,
    cryptoki_sys::CK_ULONG,
    *mut cryptoki_sys::CK_BYTE,
    *mut cryptoki_sys::CK_ULONG,
) -> cryptoki_sys::CK_RV;

/// What the library says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleInfo {
    /// libraryDescription (`HPKI 3.0`).
    pub description: String,
    /// manufacturerID.
    pub manufacturer: String,
}

/// C_Initialize and C_Finalize belong to the process, not to a handle, so all loaded modules are counted here.
static LOADED: Mutex<Vec<Arc<Loaded>>> = Mutex::new(Vec::new());

fn registry() -> MutexGuard<'static, Vec<Arc<Loaded>>> {
    LOADED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Module {
    /// Loads and initialises the library at that path. The path is made absolute first, so that nothing is
    /// searched for.
    ///
    /// # Errors
    /// [`SignerError::Unusable`] when there is no such file, when it is not a PKCS#11 library, or when it
    /// refuses to start.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SignerError> {
        let unusable = |reason: String| SignerError::Unusable {
            object: format!("the PKCS#11 module {}", path.as_ref().display()),
            reason,
        };
        let path = std::path::absolute(path.as_ref()).map_err(|error| unusable(error.to_string()))?;
        if !path.is_file() {
            return Err(unusable("there is no such file".to_owned()));
        }
        let mut registry = registry();
        if let Some(loaded) = registry.iter().find(|loaded| loaded.path == path) {
            return Ok(Self { loaded: Arc::clone(loaded) });
        }
        let loaded = Arc::new(Loaded::open(path.clone()).map_err(unusable)?);
        registry.push(Arc::clone(&loaded));
        Ok(Self { loaded })
    }

    /// The library's path, absolute.
    pub fn path(&self) -> &Path {
        &self.loaded.path
    }

    /// What the library says of itself.
    ///
    /// # Errors
    /// [`SignerError::Device`] when it does not say.
    pub fn info(&self) -> Result<ModuleInfo, SignerError> {
        let info = self.context().get_library_info().map_err(|error| failure("C_GetInfo", &error))?;
        Ok(ModuleInfo {
            description: info.library_description().to_owned(),
            manufacturer: info.manufacturer_id().to_owned(),
        })
    }

    pub(super) fn context(&self) -> &Pkcs11 {
        &self.loaded.context
    }

    /// C_Sign alone, after C_SignInit and whatever had to come between (PKCS#11 v2.40, 5.11): the operation is
    /// over afterwards, however it went. `most` is how long the signature can be.
    #[allow(unsafe_code)]
    pub(super) fn sign(&self, session: &Session, data: &[u8], most: usize) -> Result<Vec<u8>, SignerError> {
        let misfit = |_| SignerError::Device { call: "C_Sign", reason: "too long".to_owned() };
        let len = data.len().try_into().map_err(misfit)?;
        let mut signature = vec![0; most];
        let mut signature_len = most.try_into().map_err(misfit)?;
        // SAFETY: `sign` is C_Sign of the library that `session` was opened in, and the library stays loaded as
        // long as `self`. The pointers are to `data`, which C_Sign only reads, and to a buffer of
        // `signature_len` octets.
        let rv = unsafe {
            (self.loaded.sign)(
                session.handle(),
                data.as_ptr().cast_mut(),
                len,
                signature.as_mut_ptr(),
                &raw mut signature_len,
            )
        };
        if let Rv::Error(error) = Rv::from(rv) {
            return Err(refusal("C_Sign", error));
        }
        signature.truncate(usize::try_from(signature_len).map_err(misfit)?);
        Ok(signature)
    }
}

impl Clone for Module {
    fn clone(&self) -> Self {
        Self { loaded: Arc::clone(&self.loaded) }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // Under the registry's lock, so that nobody loads the module between the count and C_Finalize.
        let mut registry = registry();
        if Arc::strong_count(&self.loaded) > 2 {
            return; // the registry, this, and others
        }
        registry.retain(|loaded| !Arc::ptr_eq(loaded, &self.loaded));
        if self.loaded.ours {
            // Nothing is left to be told about a failure.
            let _ = self.loaded.context.clone().finalize();
        }
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Module").field(&self.loaded.path).finish()
    }
}

impl Loaded {
    #[allow(unsafe_code)]
    fn open(path: PathBuf) -> Result<Self, String> {
        let context = Pkcs11::new(&path).map_err(|error| error.to_string())?;
        // SAFETY: loading runs the library's initialisers, which is what the caller asked for and what happened
        // just above: the loader only counts the library once more.
        let library = unsafe { cryptoki_sys::Pkcs11::new(&path) }.map_err(|error| error.to_string())?;
        let mut list = std::ptr::null_mut();
        // SAFETY: the function was found in the library, and `list` may be written.
        let rv = unsafe { library.C_GetFunctionList(&raw mut list) };
        if !matches!(Rv::from(rv), Rv::Ok) || list.is_null() {
            return Err("C_GetFunctionList failed".to_owned());
        }
        // SAFETY: a list that C_GetFunctionList gave stays valid while the library is loaded (PKCS#11 v2.40,
        // 5.4); Windows packs it.
        let sign = unsafe { list.read_unaligned() }.C_Sign.ok_or("the module has no C_Sign")?;
        let ours = match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => true,
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
            Err(error) => return Err(failure("C_Initialize", &error).to_string()),
        };
        Ok(Self { path, context, _library: library, sign, ours })
    }
}
