import Testing

@testable import Reputation

private let mira = Account.Key(platform: .github, id: "7")
private let ada = Account.Key(platform: .github, id: "5")
private let ben = Account.Key(.github, login: "Ben")

/// A review by Mira of Ada's change in Ben's project, which is known by his name alone.
private let fact = Evidence(
    kind: .reviewGiven, account: Account(key: mira, login: "mira"),
    project: Project(platform: .github, id: "40", name: "ben/crane"),
    object: .init(id: "adaline/77", unit: "31", url: "https://forge.example/ben/crane/pull/3"),
    occurredAt: Instant(seconds: 1), observedAt: Instant(seconds: 2),
    counterparties: [
        .init(account: Account(key: ada, login: "Adaline", kind: .agent), role: .author, association: .member)
    ],
    outcome: .approved, measures: [.latency: 30], flags: [.rubberStamp],
    source: .init(adapter: "relay", class: .forge, locator: "github.com/adaline/x", digest: "00"))

private func standIn(_ key: Account.Key) -> Account.Key { Account.Key(platform: .erased, id: "for-\(key.id)") }

@Test func `a fact that names nobody of the erased is left alone`() {
    #expect(fact.without([Account.Key(platform: .github, id: "9")], standIn: standIn) == nil)
    #expect(fact.without([mira], standIn: standIn) == nil, "whom it is about is not who took part")
    #expect(fact.without([], standIn: standIn) == nil)
    let other = Account.Key(Platform(rawValue: "elsewhere"), login: "ben")
    #expect(fact.without([other], standIn: standIn) == nil, "a name on another platform is another name")
}

@Test func `a counterparty becomes a stand-in and the fact stays`() throws {
    let told = try #require(fact.without([ada], standIn: standIn))
    #expect(told.counterparties.map(\.account) == [Account(key: standIn(ada), login: "", kind: .agent)])
    #expect(told.counterparties[0].role == .author && told.counterparties[0].association == .member)
    #expect(told.object.id == "for-login:adaline/77")
    #expect(told.source.locator == "github.com/erased/x")
    #expect(told.object.url == fact.object.url, "an address without the name can be kept")
    #expect(told.project == fact.project)
    var rest = told
    rest.counterparties = fact.counterparties
    rest.object = fact.object
    rest.source = fact.source
    #expect(rest == fact)
}

@Test func `an owner goes from the project's name and address`() throws {
    let byName = try #require(fact.without([ben], standIn: standIn))
    #expect(byName.project == Project(platform: .github, id: "40", name: "erased/crane"))
    #expect(byName.object.url == nil)
    #expect(byName.counterparties == fact.counterparties)
    var owned = fact
    owned.project.owner = Account.Key(platform: .github, id: "11")
    #expect(owned.without([ben], standIn: standIn) == nil, "whoever has the name now is somebody else")
    let byKey = try #require(owned.without([Account.Key(platform: .github, id: "11")], standIn: standIn))
    #expect(byKey.project.name == "erased/crane")
    #expect(byKey.project.owner == Account.Key(platform: .erased, id: "for-11"))
    #expect(byKey.object.url == nil)
}

@Test func `an address that holds a counterparty's name goes`() throws {
    var told = fact
    told.object.url = "https://forge.example/ben/crane/compare/main...x?author=ADALINE"
    #expect(try #require(told.without([ada], standIn: standIn)).object.url == nil)
}

@Test func `only a whole part is a name`() throws {
    var near = fact
    near.project.name = "adaline-co/adaline-tools"
    near.object.id = "adalines:1"
    let told = try #require(near.without([ada], standIn: standIn))
    #expect(told.project.name == "adaline-co/adaline-tools")
    #expect(told.object.id == "adalines:1")
}
