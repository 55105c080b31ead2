/// A score that the model has to beat.
public enum Baseline: String, CaseIterable, Sendable {
    /// The rate of all projects so far.
    case baseRate = "base_rate"
    /// The project's rate over its life.
    case projectRate = "project_rate"
    /// The project's rate, older decisions fading.
    case projectRateFading = "project_rate_decayed"
    /// Changes of the person merged anywhere.
    case mergedCount = "prior_merged_count"
    /// The person's own rate in the project; the rate of all projects where it has none.
    case repositoryRate = "repository_rate"
    /// The person's rate anywhere, shrunk to the project's.
    case personRate = "person_rate_shrunk"
    /// The same, older decisions fading.
    case personRateFading = "person_rate_shrunk_decayed"
    /// The person's rate in the project shrunk to the project's, older decisions fading.
    case personHereFading = "person_in_project_shrunk_decayed"
    /// The acceptance rate as the model standing/1 states it where nothing is known of the projects: with its prior, 7 of
    /// 10. Where something is, it begins from their rate.
    case acceptance = "standing_1_acceptance"
    /// Changes proposed to the project before, by the data set's own count.
    case priorSubmissions = "prior_submissions"
    /// good-egg's formula, version 1.
    case goodEgg1 = "good_egg_v1_formula"
    /// good-egg's formula, version 3, its default.
    case goodEgg3 = "good_egg_v3_formula"

    /// The score before `submission`.
    func score(_ outlook: Outlook, _ case: Case, _ goodEgg: GoodEgg, _ memory: MergeModel.Memory) -> Double {
        let everywhere = outlook.everywhereRate(memory)
        let person = Double(memory.person)
        let project = outlook.project.rate(toward: everywhere, strength: Double(memory.everywhere))
        switch self {
        case .baseRate: return everywhere
        case .projectRate: return project
        case .projectRateFading: return outlook.projectRate(memory)
        case .mergedCount: return outlook.person.merged
        case .repositoryRate:
            let here = outlook.personHere
            return here.decided > 0 ? here.merged / here.decided : everywhere
        case .personRate: return outlook.person.rate(toward: project, strength: person)
        case .personRateFading:
            return outlook.personFading.rate(toward: outlook.projectRate(memory), strength: person)
        case .personHereFading:
            return outlook.personHereFading.rate(toward: outlook.projectRate(memory), strength: person)
        case .acceptance:
            return outlook.person.rate(
                toward: Double(memory.prior.merged) / Double(memory.prior.decided),
                strength: Double(memory.prior.decided))
        case .priorSubmissions: return Double(`case`.priorSubmissions)
        case .goodEgg1: return goodEgg.version1(`case`.submission)
        case .goodEgg3: return goodEgg.version3(`case`.submission)
        }
    }
}
