//! Has the app's files taken in again when they changed.

fn main() {
    println!("cargo::rerun-if-changed=../../web/app/dist");
}
