import API
import CanonicalJSON

/// The profile for programs that read pages, in the words of schema.org: who, where else, and what is stated. No rating.
func linkedData(_ profile: ProfileDocument, address: Reference) -> JSON {
    let elsewhere = profile.accounts.filter { $0.platform == "github" }.compactMap {
        Reference("https://github.com/\(percentEncoded($0.login))")?.text
    }
    var person: [String: JSON] = [
        "@type": "Person", "identifier": .string(profile.handle), "name": .string(profile.handle),
        "url": .string(address.text), "description": .string(profile.summary),
    ]
    if !elsewhere.isEmpty { person["sameAs"] = .array(elsewhere.map(JSON.string)) }
    return [
        "@context": "https://schema.org", "@type": "ProfilePage", "url": .string(address.text),
        "dateModified": .string(profile.asOf), "mainEntity": .object(person),
    ]
}
