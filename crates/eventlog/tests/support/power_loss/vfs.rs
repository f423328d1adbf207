//! The C interface: a VFS and a file whose functions call the default VFS. Changes of a file go through
//! [`SimulatedDisk`].
//!
//! A panic in one of these functions aborts the process, as Rust does for every panic that would leave an
//! `extern "C"` function.
#![expect(unsafe_code, reason = "SQLite knows a VFS as tables of C functions over raw pointers")]

use std::{
    ffi::{CStr, CString, OsStr, c_char, c_int, c_void},
    mem::size_of,
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    ptr, slice,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

use super::disk::{OpenFile, SimulatedDisk};

/// The files that must survive a power loss; SQLite says at each open what the file is for.
const KEPT: c_int = ffi::SQLITE_OPEN_MAIN_DB
    | ffi::SQLITE_OPEN_WAL
    | ffi::SQLITE_OPEN_MAIN_JOURNAL
    | ffi::SQLITE_OPEN_SUPER_JOURNAL;

/// What `pAppData` of a registered VFS points to.
struct Shim {
    real: *mut sqlite3_vfs,
    /// Dropped with the test. Files that are opened after that are passed through.
    disk: Weak<SimulatedDisk>,
}

/// What SQLite allocates for an open file, followed by the file of the real VFS.
#[repr(C)]
struct ShimFile {
    base: sqlite3_file,
    /// `None` for a file that is passed through, such as a temporary one.
    kept: Option<(Arc<SimulatedDisk>, OpenFile)>,
}

/// Registers the VFS for the rest of the process. Panics if the name is taken.
pub(super) fn register(name: CString, disk: Weak<SimulatedDisk>) {
    // Between the look-up of the name and its registration no other test may take it.
    static REGISTERING: Mutex<()> = Mutex::new(());
    let _registering = REGISTERING.lock().unwrap_or_else(PoisonError::into_inner);

    // SAFETY: The name is a C string, and a null name asks for the default VFS.
    let (taken, real) = unsafe { (ffi::sqlite3_vfs_find(name.as_ptr()), ffi::sqlite3_vfs_find(ptr::null())) };
    assert!(taken.is_null(), "there is already a VFS named {name:?}");
    assert!(!real.is_null(), "SQLite has no default VFS");
    // SAFETY: SQLite returned a registered VFS; the default one is never freed.
    let defaults = unsafe { *real };
    let own_size = c_int::try_from(size_of::<ShimFile>()).expect("the struct is a few words");
    // All three live until the process ends: SQLite keeps the pointers, and a connection may outlive the test.
    let vfs = Box::leak(Box::new(sqlite3_vfs {
        iVersion: 2,
        szOsFile: own_size + defaults.szOsFile,
        mxPathname: defaults.mxPathname,
        pNext: ptr::null_mut(),
        zName: name.into_raw(),
        pAppData: Box::into_raw(Box::new(Shim { real, disk })).cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(real_access),
        xFullPathname: Some(real_full_pathname),
        xDlOpen: Some(real_dl_open),
        xDlError: Some(real_dl_error),
        xDlSym: Some(real_dl_sym),
        xDlClose: Some(real_dl_close),
        xRandomness: Some(real_randomness),
        xSleep: Some(real_sleep),
        xCurrentTime: Some(real_current_time),
        xGetLastError: Some(real_last_error),
        xCurrentTimeInt64: Some(real_current_time_int64),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }));
    // SAFETY: The struct is complete, never freed, and not registered yet.
    let result = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
    assert_eq!(result, ffi::SQLITE_OK, "SQLite registers the VFS");
}

/// Version 2 ends before `xFetch`, so SQLite does not map the file into memory and every write passes [`write`].
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(real_read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(real_file_size),
    xLock: Some(real_lock),
    xUnlock: Some(real_unlock),
    xCheckReservedLock: Some(real_check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(real_sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(real_shm_map),
    xShmLock: Some(real_shm_lock),
    xShmBarrier: Some(real_shm_barrier),
    xShmUnmap: Some(real_shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

// The functions of the real VFS and the real file, as functions of the shim.
//
// In `name = method(args) -> type, value`, the value is the answer if the real one lacks the method.
macro_rules! forward {
    ($this:ty, $real:ident: $($name:ident = $method:ident($($arg:ident: $type:ty),*) -> $result:ty, $missing:expr;)*) => {$(
        unsafe extern "C" fn $name(this: *mut $this $(, $arg: $type)*) -> $result {
            // SAFETY: SQLite calls this with a VFS that was registered here or a file that was opened here, and with
            // arguments that are valid for the method; the real method gets the same arguments.
            unsafe {
                let (real, methods) = $real(this);
                match methods.$method {
                    Some(method) => method(real $(, $arg)*),
                    None => $missing,
                }
            }
        }
    )*};
}

forward! { sqlite3_vfs, real_vfs:
    real_open = xOpen(name: *const c_char, file: *mut sqlite3_file, flags: c_int, out_flags: *mut c_int) -> c_int, ffi::SQLITE_ERROR;
    real_delete = xDelete(name: *const c_char, sync_dir: c_int) -> c_int, ffi::SQLITE_ERROR;
    real_access = xAccess(name: *const c_char, flags: c_int, out: *mut c_int) -> c_int, ffi::SQLITE_ERROR;
    real_full_pathname = xFullPathname(name: *const c_char, len: c_int, out: *mut c_char) -> c_int, ffi::SQLITE_ERROR;
    real_dl_open = xDlOpen(name: *const c_char) -> *mut c_void, ptr::null_mut();
    real_dl_error = xDlError(len: c_int, out: *mut c_char) -> (), ();
    real_dl_sym = xDlSym(library: *mut c_void, symbol: *const c_char) -> Option<unsafe extern "C" fn(*mut sqlite3_vfs, *mut c_void, *const c_char)>, None;
    real_dl_close = xDlClose(library: *mut c_void) -> (), ();
    real_randomness = xRandomness(len: c_int, out: *mut c_char) -> c_int, 0;
    real_sleep = xSleep(microseconds: c_int) -> c_int, 0;
    real_current_time = xCurrentTime(out: *mut f64) -> c_int, ffi::SQLITE_ERROR;
    real_last_error = xGetLastError(len: c_int, out: *mut c_char) -> c_int, 0;
    real_current_time_int64 = xCurrentTimeInt64(out: *mut sqlite3_int64) -> c_int, ffi::SQLITE_ERROR;
}

forward! { sqlite3_file, real_file:
    real_close = xClose() -> c_int, ffi::SQLITE_OK;
    real_read = xRead(out: *mut c_void, len: c_int, offset: sqlite3_int64) -> c_int, ffi::SQLITE_IOERR;
    real_write = xWrite(data: *const c_void, len: c_int, offset: sqlite3_int64) -> c_int, ffi::SQLITE_IOERR;
    real_truncate = xTruncate(len: sqlite3_int64) -> c_int, ffi::SQLITE_IOERR;
    real_sync = xSync(flags: c_int) -> c_int, ffi::SQLITE_IOERR;
    real_file_size = xFileSize(out: *mut sqlite3_int64) -> c_int, ffi::SQLITE_IOERR;
    real_lock = xLock(level: c_int) -> c_int, ffi::SQLITE_IOERR;
    real_unlock = xUnlock(level: c_int) -> c_int, ffi::SQLITE_IOERR;
    real_check_reserved_lock = xCheckReservedLock(out: *mut c_int) -> c_int, ffi::SQLITE_IOERR;
    real_file_control = xFileControl(op: c_int, arg: *mut c_void) -> c_int, ffi::SQLITE_NOTFOUND;
    real_sector_size = xSectorSize() -> c_int, 0;
    real_device_characteristics = xDeviceCharacteristics() -> c_int, 0;
    real_shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int, ffi::SQLITE_IOERR;
    real_shm_lock = xShmLock(offset: c_int, n: c_int, flags: c_int) -> c_int, ffi::SQLITE_IOERR;
    real_shm_barrier = xShmBarrier() -> (), ();
    real_shm_unmap = xShmUnmap(delete: c_int) -> c_int, ffi::SQLITE_OK;
}

/// The real VFS, and its methods.
///
/// # Safety
///
/// `vfs` was registered by [`register`].
unsafe fn real_vfs(vfs: *mut sqlite3_vfs) -> (*mut sqlite3_vfs, sqlite3_vfs) {
    // SAFETY: `register` set `pAppData` to a shim that is never freed, whose real VFS is never freed either.
    unsafe {
        let real = (*(*vfs).pAppData.cast::<Shim>()).real;
        (real, *real)
    }
}

/// The real file behind a shim file, and its methods.
///
/// # Safety
///
/// `file` was opened by [`open`], or is being opened and the real file is open.
unsafe fn real_file(file: *mut sqlite3_file) -> (*mut sqlite3_file, sqlite3_io_methods) {
    // SAFETY: The real file lies behind the shim file in the same allocation, and an open file has methods.
    unsafe {
        let real = file.cast::<ShimFile>().add(1).cast::<sqlite3_file>();
        (real, *(*real).pMethods)
    }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a VFS of ours, `szOsFile` bytes aligned for any C type, and a name that stays valid until
    // the file is closed, or null for a temporary file. No methods means to SQLite that there is nothing to close.
    let (disk, real, path) = unsafe {
        let real = file.cast::<ShimFile>().add(1).cast::<sqlite3_file>();
        (*file).pMethods = ptr::null();
        (*real).pMethods = ptr::null();
        let path = (flags & KEPT != 0 && !name.is_null()).then(|| path(name));
        ((*(*vfs).pAppData.cast::<Shim>()).disk.upgrade(), real, path)
    };
    // SAFETY: The real file has its own part of the allocation, the other arguments are SQLite's.
    let open = || unsafe { real_open(vfs, name, real, flags, out_flags) };
    let opened = match (disk, path) {
        (Some(disk), Some(path)) => disk.open(path, open).map(|file| Some((disk, file))),
        _ => match open() {
            ffi::SQLITE_OK => Ok(None),
            error => Err(error),
        },
    };
    match opened {
        Ok(kept) => {
            let shim = ShimFile { base: sqlite3_file { pMethods: &raw const METHODS }, kept };
            // SAFETY: The memory is SQLite's for this file, holds nothing to drop, and ends before the real file.
            unsafe { file.cast::<ShimFile>().write(shim) };
            ffi::SQLITE_OK
        }
        Err(error) => {
            // SAFETY: A real file with methods is open or asks to be closed although its opening failed.
            unsafe {
                if !(*real).pMethods.is_null() {
                    real_close(file);
                }
            }
            error
        }
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open file once and does not use it afterwards. The real file is closed first, because
    // the shim's descriptor must outlive its locks.
    unsafe {
        let result = real_close(file);
        file.cast::<ShimFile>().drop_in_place();
        result
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    len: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes an open file of ours and `len` bytes, which do not change during the call.
    let real = || unsafe { real_write(file, data, len, offset) };
    let (Ok(size), Ok(at)) = (usize::try_from(len), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: As above.
    let (shim, bytes) =
        unsafe { (&*file.cast::<ShimFile>(), slice::from_raw_parts(data.cast::<u8>(), size)) };
    match &shim.kept {
        Some((disk, file)) => disk.write(file, at, bytes, real),
        None => real(),
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, len: sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes an open file of ours.
    let real = || unsafe { real_truncate(file, len) };
    let Ok(size) = usize::try_from(len) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    // SAFETY: As above.
    let shim = unsafe { &*file.cast::<ShimFile>() };
    match &shim.kept {
        Some((disk, file)) => disk.truncate(file, size, real),
        None => real(),
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite passes an open file of ours.
    let shim = unsafe { &*file.cast::<ShimFile>() };
    match &shim.kept {
        Some((disk, file)) => disk.sync(file),
        // SAFETY: As above.
        None => unsafe { real_sync(file, flags) },
    }
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, arg: *mut c_void) -> c_int {
    match op {
        // With these the real VFS would grow or map the file by itself, unseen by the shim. To SQLite they are hints.
        ffi::SQLITE_FCNTL_SIZE_HINT | ffi::SQLITE_FCNTL_CHUNK_SIZE | ffi::SQLITE_FCNTL_MMAP_SIZE => {
            ffi::SQLITE_NOTFOUND
        }
        // SAFETY: SQLite passes an open file of ours and the argument that the operation takes.
        _ => unsafe { real_file_control(file, op, arg) },
    }
}

/// Claims only what the modelled disk keeps, even if the real one promises ordered or atomic writes.
unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite passes an open file of ours.
    unsafe { real_device_characteristics(file) & ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_dir: c_int) -> c_int {
    // SAFETY: SQLite passes a VFS of ours and a C string.
    let (disk, path, real) = unsafe {
        let disk = (*(*vfs).pAppData.cast::<Shim>()).disk.upgrade();
        (disk, path(name), || real_delete(vfs, name, sync_dir))
    };
    match disk {
        Some(disk) => disk.delete(&path, real),
        None => real(),
    }
}

/// # Safety
///
/// `name` is a C string.
unsafe fn path(name: *const c_char) -> PathBuf {
    // SAFETY: The caller's promise.
    PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}
