import Reputation

/// What is known when a change is proposed.
struct Outlook {
    /// All projects together, older decisions fading.
    var everywhere = Outcomes()
    /// The project, over its whole life and fading, and fading fast.
    var project = Outcomes()
    var projectFading = Outcomes()
    var projectLate = Outcomes()
    /// Distinct people who proposed to the project, changes they proposed, those of them not decided yet.
    var requesters = 0
    var submitted = 0
    var undecided = 0
    /// Changes in the project by people who had none decided there when they proposed them, fading.
    var newcomersFading = Outcomes()
    /// The person in the project.
    var personHere = Outcomes()
    var personHereFading = Outcomes()
    var ownUndecided = 0
    /// Days since the last decision on a change of the person in the project, 0 where there is none.
    var daysSinceDecision = 0.0
    /// The person in all projects.
    var person = Outcomes()
    var personFading = Outcomes()
    /// The person in other projects: merges above what the projects' rates foretold, and decisions.
    var surplusElsewhere = 0.0
    var decidedElsewhere = 0

    /// The rate of all projects.
    func everywhereRate(_ memory: MergeModel.Memory) -> Double {
        let prior = Double(memory.prior.merged) / Double(memory.prior.decided)
        return self.everywhere.rate(toward: prior, strength: Double(memory.prior.decided))
    }

    /// The project's rate, older decisions fading, shrunk to the rate of all projects.
    func projectRate(_ memory: MergeModel.Memory) -> Double {
        self.projectFading.rate(toward: self.everywhereRate(memory), strength: Double(memory.everywhere))
    }

    /// The project's rate of late, shrunk to its rate.
    func lateRate(_ memory: MergeModel.Memory) -> Double {
        self.projectLate.rate(toward: self.projectRate(memory), strength: Double(memory.project))
    }
}

/// What was proposed and decided so far: only ever told the past, so what it says cannot look ahead.
struct History {
    fileprivate struct Project {
        var outcomes = Outcomes()
        var fading = FadingOutcomes()
        var late = FadingOutcomes()
        var newcomers = FadingOutcomes()
        var requesters = 0
        var submitted = 0
        var undecided = 0
    }

    fileprivate struct Person {
        var outcomes = Outcomes()
        var fading = FadingOutcomes()
        var surplus = 0.0
        var decided = 0
        var undecided = 0
        var decidedAt: Instant?
    }

    /// What is remembered of a change until it is decided.
    private struct Pending {
        /// The project's rate when it was proposed.
        let foretold: Double
        let isNewcomers: Bool
    }

    private struct Pair: Hashable {
        let project: Int
        let requester: Int

        init(_ submission: Submission) {
            self.project = submission.project
            self.requester = submission.requester
        }
    }

    private let memory: MergeModel.Memory
    private var everywhere = FadingOutcomes()
    private var projects: [Project]
    private var people: [Person]
    private var pairs: [Pair: Person] = [:]
    private var pending: [Int: Pending] = [:]

    init(_ benchmark: Benchmark, _ memory: MergeModel.Memory) {
        self.memory = memory
        self.projects = Array(repeating: Project(), count: benchmark.projects.count)
        self.people = Array(repeating: Person(), count: benchmark.requesters.count)
    }

    /// What is known before `submission`.
    func outlook(_ submission: Submission) -> Outlook {
        let now = submission.submittedAt
        let halfLife = Double(self.memory.halfLife)
        let project = self.projects[submission.project]
        let person = self.people[submission.requester]
        let here = self.pairs[Pair(submission)] ?? Person()
        return Outlook(
            everywhere: self.everywhere.at(now, halfLife: halfLife), project: project.outcomes,
            projectFading: project.fading.at(now, halfLife: halfLife),
            projectLate: project.late.at(now, halfLife: Double(self.memory.lateHalfLife)),
            requesters: project.requesters, submitted: project.submitted, undecided: project.undecided,
            newcomersFading: project.newcomers.at(now, halfLife: halfLife),
            personHere: here.outcomes, personHereFading: here.fading.at(now, halfLife: halfLife),
            ownUndecided: here.undecided,
            daysSinceDecision: here.decidedAt.map { Double(now.seconds - $0.seconds) / 86_400 } ?? 0,
            person: person.outcomes, personFading: person.fading.at(now, halfLife: halfLife),
            surplusElsewhere: person.surplus - here.surplus, decidedElsewhere: person.decided - here.decided)
    }

    /// Takes in that a change was proposed; `outlook` is what was known before it.
    mutating func submit(_ submission: Submission, _ outlook: Outlook) {
        self.pending[submission.position] = Pending(
            foretold: outlook.projectRate(self.memory), isNewcomers: outlook.personHere.decided == 0)
        let isFirst = self.pairs[Pair(submission)] == nil
        self.pairs[Pair(submission), default: Person()].undecided += 1
        self.projects[submission.project].requesters += isFirst ? 1 : 0
        self.projects[submission.project].submitted += 1
        self.projects[submission.project].undecided += 1
    }

    /// Takes in what came of a change that was proposed.
    mutating func decide(_ submission: Submission, _ decision: Decision) {
        guard let pending = self.pending.removeValue(forKey: submission.position) else {
            preconditionFailure("a change is proposed before it is decided, and decided once")
        }
        let surplus = (decision.isMerged ? 1 : 0) - pending.foretold
        let halfLife = Double(self.memory.halfLife)
        self.everywhere.add(decision, halfLife: halfLife)
        self.projects[submission.project].decide(decision, isNewcomers: pending.isNewcomers, self.memory)
        self.people[submission.requester].decide(decision, surplus: surplus, halfLife: halfLife)
        self.pairs[Pair(submission), default: Person()].decide(decision, surplus: surplus, halfLife: halfLife)
        self.pairs[Pair(submission), default: Person()].undecided -= 1
    }
}

extension History.Project {
    fileprivate mutating func decide(_ decision: Decision, isNewcomers: Bool, _ memory: MergeModel.Memory) {
        let halfLife = Double(memory.halfLife)
        self.outcomes.add(decision.isMerged)
        self.fading.add(decision, halfLife: halfLife)
        self.late.add(decision, halfLife: Double(memory.lateHalfLife))
        if isNewcomers { self.newcomers.add(decision, halfLife: halfLife) }
        self.undecided -= 1
    }
}

extension History.Person {
    fileprivate mutating func decide(_ decision: Decision, surplus: Double, halfLife: Double) {
        self.outcomes.add(decision.isMerged)
        self.fading.add(decision, halfLife: halfLife)
        self.surplus += surplus
        self.decided += 1
        self.decidedAt = decision.decidedAt
    }
}
