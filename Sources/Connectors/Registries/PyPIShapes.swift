import CanonicalJSON
import Crypto
import Reputation

/// Lower-case hex SHA-256 of a part of a document, in its one canonical text.
func digest(of place: Place) -> String { SHA256.hash(place.value.canonicalBytes).hex }

/// The account behind an address in a package's metadata; a list's or a team's is nobody's alone.
func account(ofAddress address: String) -> Account {
    Account(
        key: Account.Key(platform: .email, id: address), login: "",
        kind: Package.isTeam(address) ? .organization : Bots.reason(address: address) == nil ? .user : .bot)
}

/// The Python Package Index's JSON.
enum PyPIShapes {
    /// A package out of `/pypi/NAME/json`, or out of pip's installation report.
    static func package(_ place: Place) throws(Refusal) -> RegistryPackage {
        if place["metadata"].present != nil { return try self.reported(place["metadata"].object()) }
        let info = try place["info"].object()
        var package = try self.described(info)
        package.requires = try self.requirements(info["requires_dist"].present.elements())
        package.repository = try self.repository(
            info["project_urls"].present.map { place throws(Refusal) in try place.members().map(\.place) } ?? [],
            homePage: info["home_page"])
        let roles = try place["ownership"]["roles"].present.elements()
        if !roles.isEmpty {
            package.owners = []
            for role in roles {
                let user = try role["user"].name()
                let key = Account.Key(platform: Platform(rawValue: "pypi"), id: user.lowercased())
                if package.owners.contains(where: { $0.key == key }) { continue }
                package.owners.append(Account(key: key, login: user))
            }
        }
        for (version, files) in try place["releases"].present?.members() ?? [] {
            var first: Instant?
            for file in try files.elements() {
                let moment = try self.uploaded(file)
                first = min(first ?? moment, moment)
            }
            guard let first else { continue }
            package.releases.append(.init(version: version, publishedAt: first, publisher: nil))
        }
        package.isDeprecated = try info["yanked"].present.flag()
        return package
    }

    private static func uploaded(_ file: Place) throws(Refusal) -> Instant {
        try (file["upload_time_iso_8601"].present ?? file["upload_time"]).moment()
    }

    /// The core metadata of an installed package: its people are addresses, and who may upload it is not told.
    private static func reported(_ metadata: Place) throws(Refusal) -> RegistryPackage {
        var package = try self.described(metadata)
        package.requires = try self.requirements(metadata["requires_dist"].present.elements())
        package.repository = try self.repository(
            metadata["project_url"].present.elements(), homePage: metadata["home_page"])
        return package
    }

    private static func described(_ info: Place) throws(Refusal) -> RegistryPackage {
        let name = try self.normalized(info["name"].name())
        var package = RegistryPackage(name: name)
        package.url = "https://pypi.org/project/\(name)/"
        package.version = try info["version"].name()
        for member in ["maintainer_email", "author_email"] {
            let text = try info[member].present.text() ?? ""
            for address in self.addresses(text) where !package.owners.contains(where: { $0.key.id == address }) {
                package.owners.append(account(ofAddress: address))
            }
        }
        return package
    }

    /// PEP 503: runs of `-`, `_` and `.` are one `-`, in lower case.
    static func normalized(_ name: String) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }

    /// The addresses in `Name <address>, address`.
    private static func addresses(_ text: String) -> [String] {
        text.split(separator: ",").compactMap { part in
            if let address = Commit.Trailer(key: "", value: String(part)).address { return address }
            return Commit.address(String(part.trimmingPrefix { $0 == " " }))
        }
    }

    /// The names in requirements (PEP 508) that hold without an extra.
    private static func requirements(_ list: [Place]) throws(Refusal) -> Set<String> {
        var names: Set<String> = []
        for place in list {
            let text = try place.text()
            let halves = text.split(separator: ";", maxSplits: 1)
            if halves.count == 2, halves[1].contains("extra") { continue }
            let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            if !name.isEmpty { names.insert(self.normalized(String(name))) }
        }
        return names
    }

    /// The first address of a repository among a project's links, which are addresses or `Label, address`.
    private static func repository(_ links: [Place], homePage: Place) throws(Refusal) -> String? {
        for place in links + [homePage] {
            let text = try place.present.text() ?? ""
            let address = text.split(separator: ",").last.map { $0.trimmingPrefix { $0 == " " } } ?? ""
            if let repository = RegistryPackage.repository(String(address)) { return repository }
        }
        return nil
    }
}
