import Connectors
import Decoding
import Evaluation
import Foundation
import Testing

private let features = """
    contributor,feat_num_activity_type,other,feat_owner,activity_per_act_type_mean
    tidy[bot],1,x,1,100
    harbor-bot,9,x,12,10
    quiet-machinery,1,x,1,300
    ada,9,x,12,10
    mira,1,x,1,300
    unlabelled,1,x,1,300

    """
private let labels = "contributor,bot\ntidy[bot],1\nharbor-bot,0\nquiet-machinery,1\nada,0\nmira,0\n"

private func report(_ features: String, _ labels: String) throws(TableError) -> BotReport {
    try BotReport(features: Array(features.utf8), labels: Array(labels.utf8))
}

@Test func `both grades are counted, and whom each would wrong is named`() throws {
    let report = try report(features, labels)
    #expect(report.accounts == 5 && report.bots == 2)
    #expect(report.certain.precision == 0.5 && report.certain.recall == 0.5)
    #expect(report.certainlyWronged == ["harbor-bot"])
    #expect(report.suspected.precision == 0.5 && report.suspected.recall == 1)
    #expect(report.suspectedWrongly == ["mira"])
    #expect(report.figures.json.contains("\"humans\""))
}

@Test(arguments: [
    ("", labels), (features.replacing("feat_owner", with: "owner"), labels),
    (features.replacing("300", with: "many"), labels), (features.replacing("300", with: "-1"), labels),
    (features, labels.replacing("ada,0", with: "ada,2")), (features, "contributor,bot\n"),
])
func `a table that says less than it should is refused`(features: String, labels: String) {
    #expect(throws: TableError.self) { _ = try report(features, labels) }
}

@Test(.enabled(if: Labelled.folder != nil, "the labelled accounts are not beside the repository"))
func `on the labelled accounts both grades keep what they promise`() throws {
    let folder = try #require(Labelled.folder)
    let report = try BotReport(
        features: inflatedBytes(ofFile: folder + "/bimbas-train_feat.csv.gz"),
        labels: inflatedBytes(ofFile: folder + "/bimbas-train_label.csv.gz"))
    #expect(report.accounts == 1_290 && report.bots == 621)
    let certain = try #require(report.certain.precision)
    #expect(certain >= 0.97)
    for figures in [report.suspected, report.crossValidated] {
        let (precision, recall) = (try #require(figures.precision), try #require(figures.recall))
        #expect(precision >= 0.89 && recall >= 0.90)
    }
    #expect(report.certainlyWronged.count == report.certain.wronged)
    #expect(report.suspectedWrongly.count + report.certain.wronged == report.suspected.wronged)
}

private enum Labelled {
    static let folder: String? = {
        var url = URL(fileURLWithPath: #filePath)
        while url.path != "/" {
            url.deleteLastPathComponent()
            let folder = url.appendingPathComponent("shared/data/labels").path
            if FileManager.default.fileExists(atPath: folder + "/bimbas-train_feat.csv.gz") { return folder }
        }
        return nil
    }()
}
