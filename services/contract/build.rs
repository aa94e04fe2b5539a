//! Makes Rust of the contract: messages and clients in the ordinary way, servers by a generator of our own, because
//! those of the ingest package decode leniently (`src/lenient.rs`), and the live streams of the monitor package send what is
//! encoded already (`src/encoded.rs`). Needs no protoc.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message;
use prost_types::{FileDescriptorSet, MethodDescriptorProto, ServiceDescriptorProto};
use tonic_build::manual::{Builder, Method, Service};

/// The package whose servers must outlive a broken message.
const LENIENT: &str = "seinhuis.ingest.v1";
/// The package whose streams tell many callers the same.
const SHARED: &str = "seinhuis.monitor.v1";

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    proto_files(&root.join("seinhuis"), &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([root])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    let set = compiler.file_descriptor_set();
    write_descriptors(set.clone())?;
    let own = set.file.iter().filter(|file| file.package().starts_with("seinhuis."));
    let servers: Vec<_> =
        own.flat_map(|file| file.service.iter().map(|s| server(file.package(), s))).collect();
    tonic_prost_build::configure().build_server(false).compile_fds(set)?;
    Builder::new().build_client(false).compile(&servers);
    Ok(())
}

fn proto_files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            proto_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.push(path);
        }
    }
    Ok(())
}

/// What server reflection tells; comments stay out, they are most of the bytes.
fn write_descriptors(mut set: FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    for file in &mut set.file {
        file.source_code_info = None;
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    std::fs::write(Path::new(&folder).join("descriptors.bin"), set.encode_to_vec())?;
    Ok(())
}

fn server(package: &str, service: &ServiceDescriptorProto) -> Service {
    let built = Service::builder().name(service.name()).package(package);
    service.method.iter().fold(built, |built, m| built.method(method(package, m))).build()
}

fn method(package: &str, method: &MethodDescriptorProto) -> Method {
    let (input, output) = (rust_path(method.input_type()), rust_path(method.output_type()));
    let lenient = package == LENIENT;
    let input = if lenient { format!("crate::lenient::Received<{input}>") } else { input };
    let shared = package == SHARED && method.server_streaming();
    let output = if shared { format!("crate::encoded::Encoded<{output}>") } else { output };
    let codec = match (lenient, shared) {
        (true, _) => "crate::lenient::LenientCodec",
        (_, true) => "crate::encoded::EncodedCodec",
        _ => "tonic_prost::ProstCodec",
    };
    let built = Method::builder()
        .name(snake_case(method.name()))
        .route_name(method.name())
        .input_type(input)
        .output_type(output)
        .codec_path(codec);
    let built = if method.client_streaming() { built.client_streaming() } else { built };
    if method.server_streaming() { built.server_streaming().build() } else { built.build() }
}

/// `.seinhuis.case.v1.ActRequest` is `crate::proto::case::v1::ActRequest`.
fn rust_path(message: &str) -> String {
    message.replacen(".seinhuis.", "crate.proto.", 1).replace('.', "::")
}

/// `ReportStream` is `report_stream`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
