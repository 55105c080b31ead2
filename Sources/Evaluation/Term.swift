import Glibc
import Reputation

/// A plain function of what was decided before, that may tell something about the next decision.
public enum Term: String, CaseIterable, Sendable {
    /// The log-odds of the project's rate of late, shrunk to its rate, that to the rate of all projects.
    case projectRate = "project_rate"
    /// How much the log-odds of the person's rate in the project, shrunk to the project's, lie above the project's.
    case personSurplus = "person_surplus"
    /// ln(1 + changes of the person merged in the project), older ones fading.
    case recentMerges = "recent_merges"
    /// ln(1 + people who proposed changes to the project) - ln(1 + changes proposed): how many hands it takes from.
    case breadth
    /// ln(1 + changes waiting for a decision in the project).
    case queue
    /// ln(1 + changes of the person waiting for a decision in the project).
    case ownQueue = "own_queue"
    /// Whether nothing of the person was decided in the project yet.
    case firstHere = "first_here"
    /// How far the project's rate for newcomers lies from its rate for all, where the person is one.
    case newcomerRate = "newcomer_rate"
    /// ln(1 + days since the project last decided on a change of the person); 0 where it never did.
    case pause
    /// How much better the person did in other projects than these projects' rates foretold, a decision on average.
    case elsewhere

    /// The terms of the model, in the order of its weights.
    public static let model: [Term] = [.projectRate, .personSurplus, .recentMerges, .breadth]
    /// Terms that were tried and left out, because they brought next to nothing.
    public static let tried = Term.allCases.filter { !Term.model.contains($0) }

    /// A kind of evidence.
    enum Kind: String, CaseIterable {
        case project = "project"
        case personHere = "person_in_project"
        case personElsewhere = "person_elsewhere"
    }

    /// What it is about: the project's habits, the person here, or the person elsewhere.
    var evidence: Kind {
        switch self {
        case .projectRate, .breadth, .queue: .project
        case .personSurplus, .recentMerges, .ownQueue, .firstHere, .newcomerRate, .pause: .personHere
        case .elsewhere: .personElsewhere
        }
    }

    /// The term's value for what `outlook` knows.
    func value(_ outlook: Outlook, _ memory: MergeModel.Memory) -> Double {
        let project = outlook.projectRate(memory)
        let strength = Double(memory.person)
        switch self {
        case .projectRate: return logOdds(outlook.lateRate(memory))
        case .personSurplus:
            return logOdds(outlook.personHereFading.rate(toward: project, strength: strength)) - logOdds(project)
        case .recentMerges: return log(1 + outlook.personHereFading.merged)
        case .breadth: return log(1 + Double(outlook.requesters)) - log(1 + Double(outlook.submitted))
        case .queue: return log(1 + Double(outlook.undecided))
        case .ownQueue: return log(1 + Double(outlook.ownUndecided))
        case .firstHere: return outlook.personHere.decided > 0 ? 0 : 1
        case .newcomerRate:
            guard outlook.personHere.decided == 0 else { return 0 }
            return logOdds(outlook.newcomersFading.rate(toward: project, strength: strength)) - logOdds(project)
        case .pause: return log(1 + outlook.daysSinceDecision)
        case .elsewhere: return outlook.surplusElsewhere / (Double(outlook.decidedElsewhere) + strength)
        }
    }
}
