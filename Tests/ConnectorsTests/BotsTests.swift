import Connectors
import Testing

@Test(
    arguments: [
        (nil, "anything", "Bot", BotReason.platform), (nil, "tidy[bot]", nil, .platform),
        (5, "Tidy[Bot]", "User", .platform),
        (49_699_333, "renamed", nil, .listed("Dependabot")), (nil, "harbor-BOT", "User", .namePattern("-bot")),
        (nil, "harbor-robot", nil, .namePattern("-robot")),
    ] as [(Int64?, String, String?, BotReason)])
func `a program is known by the platform's word, then the list, then its name`(
    id: Int64?, login: String, type: String?, reason: BotReason
) {
    #expect(Bots.reason(githubID: id, login: login, type: type) == reason)
    #expect(!reason.description.isEmpty)
}

@Test(arguments: [
    "talbot", "abbot", "botond", "robot", "bot", "bottle-cap", "dependabot", "claude", "devin", "mira-both",
])
func `people whose names look like programs are people`(login: String) {
    #expect(Bots.reason(githubID: 1_234_567_890, login: login, type: "User") == nil)
    #expect(Bots.reason(address: "\(login)@example.org") == nil)
}

@Test func `an organisation is no program because of its name`() {
    #expect(Bots.reason(githubID: 1, login: "we-love-bot", type: "Organization") == nil)
}

@Test func `an address tells a program, whatever the name beside it`() {
    #expect(Bots.reason(address: "NoReply@GitHub.com") == .listed("GitHub's web committer"))
    #expect(Bots.reason(address: "1+tidy[bot]@users.noreply.github.com") == .platform)
    #expect(Bots.reason(address: "1+harbor-bot@users.noreply.github.com") == .namePattern("-bot"))
    #expect(Bots.reason(address: "harbor-bot@example.org") == nil)
}

@Test(
    arguments: [
        (nil, "tidy[bot]", "User", nil, .certain(.platform)),
        (nil, "harbor-ci", nil, nil, .suspected(["the name holds a word of machinery"])),
        (nil, "harbor", nil, nil, .person), (nil, "talbot", nil, nil, .person),
        (nil, "harbor", "User", AccountActivity(kinds: 9, owners: 12, perKind: 10), .person),
        (
            nil, "harbor", "User", AccountActivity(kinds: 1, owners: 1, perKind: 300),
            .suspected(["much of each kind of activity"])
        ),
        (nil, "release-service", "Organization", AccountActivity(kinds: 1, owners: 1, perKind: 300), .person),
    ] as [(Int64?, String, String?, AccountActivity?, BotGrade)])
func `suspicion goes by what an account does as well, and is never certainty`(
    id: Int64?, login: String, type: String?, activity: AccountActivity?, grade: BotGrade
) {
    #expect(Bots.grade(githubID: id, login: login, type: type, activity: activity) == grade)
}
