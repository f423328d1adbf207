//! Rebuilds the crate when the app's files change, because they are embedded.

fn main() {
    println!("cargo::rerun-if-changed=../../web/app/dist");
}
