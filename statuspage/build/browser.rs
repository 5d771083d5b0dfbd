//! Compiles the library for the browser by a second cargo, binds it with wasm-bindgen, and writes what `src/bundle.rs` includes.
//!
//! It does not know how the files are served.

use std::{
    env,
    error::Error,
    ffi::OsString,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm-release";

/// What goes into the browser's half; anything else may change without building it again.
const SOURCES: [&str; 10] = [
    "build",
    "Cargo.toml",
    "../Cargo.toml",
    "../Cargo.lock",
    "../shared/Cargo.toml",
    "../shared/src",
    "src/bundle/start.js",
    "src/island",
    "src/island.rs",
    "src/lib.rs",
];

/// Variables that cargo and clippy set for *this* build and that would bend the other one, by their beginnings.
const FOREIGN: [&str; 17] = [
    "CARGO_BUILD_",
    "CARGO_CFG_",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_FEATURE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_",
    "CLIPPY_",
    "DEBUG",
    "DEP_",
    "HOST",
    "OPT_LEVEL",
    "OUT_DIR",
    "PROFILE",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One file to serve.
struct File {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    bytes: Vec<u8>,
}

impl File {
    /// The name changes with the content, so that it can be cached for ever. A cache key, no proof: 64 bits are plenty.
    fn name(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.bytes.hash(&mut hasher);
        format!("{}-{:016x}.{}", self.stem, hasher.finish(), self.extension)
    }
}

/// Builds everything into `OUT_DIR`.
pub(crate) fn build() -> Result<()> {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    let out = PathBuf::from(variable("OUT_DIR")?);
    let (glue, wasm) = bind(&compile(&out)?)?;
    let glue = File {
        stem: "islands",
        extension: "js",
        content_type: "text/javascript; charset=utf-8",
        bytes: dense(&glue).into(),
    };
    let wasm = File { stem: "islands", extension: "wasm", content_type: "application/wasm", bytes: wasm };
    let script = dense(&fs::read_to_string("src/bundle/start.js")?);
    let script = script.replace("GLUE", &glue.name()).replace("WASM", &wasm.name());
    let start = File { stem: "start", extension: "js", content_type: glue.content_type, bytes: script.into() };
    let start_name = start.name();
    let entries: Vec<String> = [start, glue, wasm].into_iter().map(|file| embed(&out, file)).collect::<Result<_>>()?;
    fs::write(
        out.join("bundle.rs"),
        format!(
            "const START: Option<&str> = Some(\"/assets/{start_name}\");\nconst ASSETS: &[Asset] = &[{}];\n",
            entries.concat()
        ),
    )?;
    Ok(())
}

/// A script without indentation and the comments that stand in lines of their own; as it is where a text goes over several lines.
fn dense(script: &str) -> String {
    if script.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return script.to_owned();
    }
    let comment = |line: &str| ["//", "/**", "*"].iter().any(|start| line.starts_with(start));
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !comment(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn variable(name: &str) -> Result<OsString> {
    env::var_os(name).ok_or_else(|| format!("cargo did not set {name}").into())
}

/// Runs the second cargo and returns the path of the WASM.
fn compile(out: &Path) -> Result<PathBuf> {
    expect_target()?;
    let target = target_directory(out)?;
    let mut cargo = Command::new(variable("CARGO")?);
    cargo
        .args([
            "build",
            "--locked",
            "--package",
            "statuspage",
            "--lib",
            "--no-default-features",
            "--features",
            "hydrate",
        ])
        .args(["--target", TARGET, "--profile", PROFILE, "--target-dir"])
        .arg(&target);
    cargo.env("RUSTFLAGS", remapped());
    for (name, _) in env::vars_os().filter(|(name, _)| name != "RUSTFLAGS") {
        if FOREIGN.iter().any(|foreign| name.to_string_lossy().starts_with(foreign)) {
            cargo.env_remove(name);
        }
    }
    let done = cargo.output()?;
    if !done.status.success() {
        return Err(format!("the browser's half does not compile:\n{}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(target.join(TARGET).join(PROFILE).join("statuspage.wasm"))
}

/// Paths in panic messages lose what is particular to this machine: shorter, and the same bytes wherever it is built.
fn remapped() -> OsString {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let mut flags = OsString::from("--remap-path-prefix=");
    flags.push(home);
    flags.push("=cargo");
    flags
}

/// Says what to do when the toolchain cannot compile for the browser; rustc's own words would be about a crate named `core`.
fn expect_target() -> Result<()> {
    let answer = Command::new(variable("RUSTC")?).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim().to_owned());
    if answer.status.success() && libraries.is_dir() {
        return Ok(());
    }
    Err(format!(
        "the toolchain lacks the target {TARGET}: run `rustup target add {TARGET}`, \
         or build pages without live islands with `--no-default-features --features ssr`"
    )
    .into())
}

/// A target directory of its own, since the same one is locked by the cargo that waits for us; beside the host's profiles, so that
/// dev, release and clippy share it and `cargo clean` removes it.
fn target_directory(out: &Path) -> Result<PathBuf> {
    // OUT_DIR is TARGET-DIR/[TRIPLE/]PROFILE/build/PACKAGE-HASH/out.
    let above = out.ancestors().nth(4).ok_or("OUT_DIR is not inside a target directory")?;
    let cross = above.file_name() == Some(variable("TARGET")?.as_os_str());
    let root = if cross { above.parent().unwrap_or(above) } else { above };
    Ok(root.join("browser"))
}

/// The JavaScript and the WASM that belong together.
fn bind(wasm: &Path) -> Result<(String, Vec<u8>)> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    let snippets = output.snippets().values().map(Vec::len).sum::<usize>() + output.local_modules().len();
    if snippets > 0 {
        return Err("a dependency brings JavaScript files of its own, which the server does not know to serve".into());
    }
    let bound = output.wasm_mut().emit_wasm();
    let bare = without_custom_sections(&bound).ok_or("wasm-bindgen made a module that cannot be read")?;
    Ok((output.js().to_owned(), bare))
}

/// A module without what is for tools alone (sections of the kind 0, WebAssembly core specification §5.5).
fn without_custom_sections(module: &[u8]) -> Option<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(8)?;
    let mut bare = header.to_vec();
    while let Some((&kind, after)) = rest.split_first() {
        let (size, digits) = leb128(after)?;
        let (section, next) = rest.split_at_checked(1 + digits + size)?;
        if kind != 0 {
            bare.extend_from_slice(section);
        }
        rest = next;
    }
    Some(bare)
}

/// A number at the beginning of these bytes, and how many of them it takes (§5.2.2).
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let digits = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let value = bytes.get(..digits)?.iter().rev().fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
    (digits <= 5).then_some((value, digits))
}

/// Writes one file and its brotli, and returns its entry in the list.
fn embed(out: &Path, file: File) -> Result<String> {
    let name = file.name();
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut file.bytes.as_slice(), &mut compressed, &parameters)?;
    fs::write(out.join(&name), &file.bytes)?;
    fs::write(out.join(format!("{name}.br")), compressed)?;
    Ok(format!(
        "Asset {{ path: \"/assets/{name}\", content_type: \"{}\", \
         bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), \
         brotli: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.br\")) }},",
        file.content_type
    ))
}
