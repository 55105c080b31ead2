import Foundation
import FoundationXML

/// What a parser that knows nothing of our builder finds in a page or a badge.
final class MarkupReader: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// The text inside, that of inner elements included.
        var text = ""
    }

    private(set) var elements: [Element] = []
    private(set) var problem: String?
    private var open: [Int] = []

    /// Reads `markup` as XML, which everything we write also is.
    static func read(_ markup: String) -> MarkupReader {
        let reader = MarkupReader()
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = reader
        if !parser.parse(), reader.problem == nil {
            reader.problem = "line \(parser.lineNumber), column \(parser.columnNumber)"
        }
        return reader
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        self.open.append(self.elements.count)
        self.elements.append(Element(name: name, attributes: attributes))
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        self.open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        for index in self.open { self.elements[index].text += string }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        self.problem = "line \(parser.lineNumber), column \(parser.columnNumber): \(parseError)"
    }

    func all(_ name: String) -> [Element] { self.elements.filter { $0.name == name } }

    /// The elements whose class is `name`, or holds it among others.
    func classed(_ name: String) -> [Element] {
        self.elements.filter { $0.attributes["class"]?.split(separator: " ").contains(Substring(name)) == true }
    }
}
