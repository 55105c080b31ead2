// swift-tools-version: 6.2
import PackageDescription

/// Every target is built with these: language mode 6, warnings as errors, strict memory safety.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "standing",
    products: [
        .executable(name: "standingd", targets: ["standingd"]),
        .executable(name: "standing", targets: ["standing"]),
    ],
    targets: [
        // 0  C libraries and leaf values
        system("CLinux", apt: "libc6-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
        system("CMicrohttpd", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        system("CRSVG", pkgConfig: "librsvg-2.0", apt: "librsvg2-dev"),
        // C++ behind a C header: libsimdjson-dev has no C interface of its own.
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        library("Arguments", ["CLinux"]),
        library("CanonicalJSON"),
        library("Reputation", ["CanonicalJSON"]),
        library("EventLoop", ["CLinux"]),
        .target(
            name: "Migrations", path: "Migrations", exclude: ["README.md"],
            resources: [
                .embedInCode("0001_ledger.sql"), .embedInCode("0002_evidence.sql"), .embedInCode("0003_people.sql"),
                .embedInCode("0004_service_role.sql"), .embedInCode("0005_entry_lookup.sql"),
                .embedInCode("0006_publication.sql"), .embedInCode("0007_witness.sql"),
                .embedInCode("0008_erasure.sql"), .embedInCode("0009_keys.sql"), .embedInCode("0010_losses.sql"),
                .embedInCode("0011_quarantine.sql"), .embedInCode("0012_webhooks.sql"),
                .embedInCode("0013_briefs.sql"), .embedInCode("0014_credential_status.sql"),
                .embedInCode("0015_import_notes.sql"), .embedInCode("0016_triage.sql"), .embedInCode("0017_turns.sql"),
                .embedInCode("0018_whole_profiles.sql"), .embedInCode("0019_lean_keys.sql"),
                .embedInCode("0020_found_by_briefs.sql"),
                .embedInCode("0021_narrow_rows.sql"),
                .embedInCode("0022_partitions.sql"),
                .embedInCode("0023_growth_is_noticed.sql"),
            ],
            swiftSettings: strict),
        .target(
            name: "Contract", path: "api", exclude: ["README.md"], resources: [.embedInCode("openapi.yaml")],
            swiftSettings: strict),
        .target(
            name: "PageAssets",
            resources: [
                .embedInCode("style.css"), .embedInCode("encoding.js"), .embedInCode("ledger.js"),
                .embedInCode("bundle.js"), .embedInCode("status.js"), .embedInCode("shown.js"), .embedInCode("page.js"),
            ],
            swiftSettings: strict),
        // 1  mechanisms
        library("Crypto", ["COpenSSL"]),
        library("Decoding", ["CanonicalJSON", "CISAL", "Crypto", "CSimdjson", "EventLoop"]),
        library("Images", ["CRSVG"]),
        library("Postgres", ["CLinux", "CPostgres", "EventLoop"]),
        library("HTTP", ["CCurl", "CLinux", "CMicrohttpd", "EventLoop"]),
        // 2  formats and the model
        library("Transparency", ["Crypto"]),
        library("Credentials", ["CanonicalJSON", "Crypto"]),
        library("Scoring", ["CanonicalJSON", "Reputation"]),
        library("Evaluation", ["CanonicalJSON", "Connectors", "Crypto", "Reputation", "Scoring"]),
        library(
            "Connectors",
            ["CanonicalJSON", "Credentials", "Crypto", "Decoding", "HTTP", "Reputation"]),
        // 3  what is kept, what goes out
        library("Store", ["CanonicalJSON", "Crypto", "Migrations", "Postgres", "Reputation", "Transparency"]),
        library("Profiles", ["CanonicalJSON", "Credentials", "Crypto", "Reputation", "Scoring", "Transparency"]),
        library("API", ["CanonicalJSON", "Profiles", "Reputation"]),
        // 4  use cases and the edge
        library(
            "Service",
            [
                "CanonicalJSON", "Connectors", "Credentials", "Crypto", "Decoding", "EventLoop", "HTTP", "Postgres",
                "Profiles", "Reputation", "Scoring", "Store", "Transparency",
            ]),
        library(
            "Server",
            [
                "API", "CanonicalJSON", "Contract", "Credentials", "Crypto", "EventLoop", "HTTP", "Images",
                "Migrations",
                "PageAssets", "Postgres", "Profiles", "Reputation", "Scoring", "Service", "Store", "Transparency",
            ]),
        library("Client", ["CanonicalJSON", "HTTP", "Transparency"]),
        // 5  programs
        program(
            "standingd",
            [
                "Arguments", "CanonicalJSON", "Client", "Connectors", "Crypto", "Decoding", "EventLoop", "Evaluation",
                "HTTP", "Postgres", "Reputation", "Server", "Service", "Store", "Transparency",
            ]),
        program(
            "standing",
            [
                "Arguments", "CanonicalJSON", "Client", "Credentials", "Crypto", "HTTP", "Profiles", "Reputation",
                "Transparency",
            ]),
        // tests
        .target(
            name: "TestSupport",
            dependencies: [
                "CanonicalJSON", "Crypto", "EventLoop", "HTTP", "Postgres", "Reputation", "Store", "Transparency",
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("ArgumentsTests", ["Arguments"]),
        tests("CanonicalJSONTests", ["CanonicalJSON"]),
        tests("ReputationTests", ["CanonicalJSON", "Reputation"]),
        tests("EventLoopTests", ["EventLoop"]),
        tests("HTTPTests", ["EventLoop", "HTTP", "TestSupport"]),
        tests("PostgresTests", ["EventLoop", "Postgres", "TestSupport"]),
        tests("CryptoTests", ["Crypto"]),
        tests("DecodingTests", ["Decoding", "TestSupport"]),
        tests("TransparencyTests", ["Crypto", "Transparency"], exclude: ["Vectors"]),
        tests("CredentialsTests", ["CanonicalJSON", "Credentials", "Crypto"]),
        tests("ScoringTests", ["CanonicalJSON", "Reputation", "Scoring"], exclude: ["Golden"]),
        tests("EvaluationTests", ["Connectors", "Crypto", "Decoding", "Evaluation", "Reputation"]),
        tests(
            "ConnectorsTests",
            ["CanonicalJSON", "Connectors", "Credentials", "Crypto", "Decoding", "Reputation", "TestSupport"]),
        tests(
            "ProfilesTests",
            ["CanonicalJSON", "Credentials", "Crypto", "Profiles", "Reputation", "Scoring", "Transparency"]),
        tests(
            "StoreTests", ["Crypto", "Migrations", "Postgres", "Reputation", "Store", "TestSupport", "Transparency"]),
        tests(
            "ServiceTests",
            ["Crypto", "HTTP", "Postgres", "Reputation", "Service", "Store", "TestSupport", "Transparency"]),
        tests(
            "ServerTests", ["API", "CanonicalJSON", "HTTP", "Images", "Profiles", "Reputation", "Server", "Store"],
            exclude: ["Golden"]),
        tests(
            "StandingTests",
            [
                "CanonicalJSON", "Credentials", "Crypto", "EventLoop", "HTTP", "Profiles", "Reputation", "Scoring",
                "Transparency", "standing",
            ]),
        tests(
            "FlowTests",
            [
                "CanonicalJSON", "Client", "Connectors", "Credentials", "Crypto", "EventLoop", "HTTP", "Postgres",
                "Profiles", "Reputation", "Server", "Service", "Store", "TestSupport", "Transparency", "standingd",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
