/// The answer to an address that shows nothing: absent, hidden and erased profiles alike, byte for byte.
func notFoundPage() -> String {
    errorPage(
        title: "Nothing to show here",
        detail:
            "There is no published profile or page at this address. Check the spelling, or ask its owner for a link.")
}

/// A page for a request that could not be answered: what was wrong, and what to do.
func errorPage(title: String, detail: String) -> String {
    page(PageHead(title: "\(title) · Standing", description: detail)) {
        tag(.section, .class("plain")) {
            tag(.h1, text: title)
            tag(.p, .class("lede"), text: detail)
            tag(.p) { tag(.a, .href(Reference(path: "")), text: "To the front page") }
        }
    }
}
