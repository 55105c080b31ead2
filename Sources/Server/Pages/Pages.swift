import CanonicalJSON
import Crypto
import PageAssets

/// What every page shares: what browsers may load, and the files the pages refer to.
enum Pages {
    /// A file the pages refer to. Its path changes with its bytes: serve it with
    /// `Cache-Control: public, max-age=31536000, immutable`.
    struct Asset {
        let path: String
        let mediaType: String
        let bytes: [UInt8]
        /// What browsers hold the bytes against (Subresource Integrity).
        let integrity: String

        init(name: String, suffix: String, mediaType: String, bytes: [UInt8]) {
            let hash = SHA256.hash(bytes)
            self.path = "/assets/\(name).\(hash.hex.prefix(16)).\(suffix)"
            self.mediaType = mediaType
            self.bytes = bytes
            self.integrity = "sha256-" + hash.base64
        }
    }

    /// The `Content-Security-Policy` of a page without scripts: no frames, nothing from anywhere else.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    /// The `Content-Security-Policy` of a page that can check itself: our script, which asks nobody but us, and cannot
    /// make markup of text.
    static let verifyingSecurityPolicy =
        contentSecurityPolicy
        + "; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

    /// The `Content-Security-Policy` of a badge, which other people's pages embed as an image.
    static let badgeSecurityPolicy = "default-src 'none'; style-src 'none'; sandbox"

    static let stylesheet = Asset(
        name: "style", suffix: "css", mediaType: "text/css; charset=utf-8", bytes: PageAssets.stylesheet)

    static let icon = Asset(
        name: "icon", suffix: "svg", mediaType: "image/svg+xml", bytes: Array(iconMarkup.rendered.utf8))

    /// Checks a profile's proofs in the reader's browser.
    static let script = Asset(
        name: "verify", suffix: "js", mediaType: "text/javascript; charset=utf-8", bytes: PageAssets.script)

    /// Everything to serve beside the pages.
    static let assets = [stylesheet, icon, script]

    private static let iconMarkup = tag(
        .svg, Attribute(.xmlns, "http://www.w3.org/2000/svg"), Attribute(.viewBox, "0 0 32 32")
    ) {
        tag(.rect, Attribute(.width, 32), Attribute(.height, 32), Attribute(.rx, 7), Attribute(.fill, "#0f5c5c"))
        markBars(fill: "#ffffff")
    }
}

/// The mark: three bars that grow, on a line.
func markBars(fill: String) -> Markup {
    tag(.path, Attribute(.d, "M7 18h4v5H7zM14 13h4v10h-4zM21 7h4v16h-4zM6 25h20v2H6z"), Attribute(.fill, fill))
}

/// What a page says about itself to browsers, search engines and link previews.
struct PageHead {
    var title: String
    var description: String
    /// Where the page lives; nil keeps it out of search engines and link previews.
    var address: Reference?
    /// The same content as JSON.
    var alternate: Reference?
    /// The same for programs that read pages.
    var linkedData: JSON?
    /// What runs on the page.
    var script: Pages.Asset?
    /// The picture for link previews, as PNG: most sites take no SVG.
    var picture: Reference?
}

/// A whole page: the head, the bar on top, `content` as the main part, and the foot.
func page(_ head: PageHead, @MarkupBuilder content: () -> Markup) -> String {
    let body = tag(.body) {
        tag(.a, .class("skip"), .href(Reference(fragment: "content")), text: "Skip to content")
        siteHeader
        tag(.main, .id("content")) { content() }
        siteFooter
    }
    let document = tag(.html, Attribute(.lang, "en")) {
        headMarkup(head)
        body
    }
    return "<!DOCTYPE html>\n" + document.rendered + "\n"
}

private func headMarkup(_ head: PageHead) -> Markup {
    tag(.head) {
        tag(.meta, Attribute(.charset, "utf-8"))
        named("viewport", "width=device-width, initial-scale=1")
        tag(.title, text: head.title)
        named("description", head.description)
        named("color-scheme", "light dark")
        tag(
            .link, Attribute(.rel, "stylesheet"), .href(Reference(path: Pages.stylesheet)),
            Attribute(.integrity, Pages.stylesheet.integrity))
        tag(.link, Attribute(.rel, "icon"), Attribute(.type, "image/svg+xml"), .href(Reference(path: Pages.icon)))
        if let address = head.address {
            tag(.link, Attribute(.rel, "canonical"), .href(address))
            property("og:type", "profile")
            property("og:site_name", "Standing")
            property("og:title", head.title)
            property("og:description", head.description)
            property("og:url", address.text)
            if let picture = head.picture {
                property("og:image", picture.text)
                property("og:image:type", "image/png")
                property("og:image:width", String(Card.width))
                property("og:image:height", String(Card.height))
                property("og:image:alt", head.description)
            }
            named("twitter:card", head.picture == nil ? "summary" : "summary_large_image")
            named("twitter:title", head.title)
            named("twitter:description", head.description)
        } else {
            named("robots", "noindex")
        }
        if let alternate = head.alternate {
            tag(.link, Attribute(.rel, "alternate"), Attribute(.type, "application/json"), .href(alternate))
        }
        if let linkedData = head.linkedData { Markup.linkedData(linkedData) }
        if let script = head.script { Markup.script(script) }
    }
}

private func named(_ name: String, _ content: String) -> Markup {
    tag(.meta, Attribute(.name, name), Attribute(.content, content))
}

private func property(_ name: String, _ content: String) -> Markup {
    tag(.meta, Attribute(.property, name), Attribute(.content, content))
}

private let siteHeader = tag(.header, .class("site")) {
    tag(.a, .class("brand"), .href(Reference(path: ""))) {
        tag(.svg, .class("mark"), Attribute(.viewBox, "0 0 32 32"), Attribute(.ariaHidden, "true")) {
            markBars(fill: "currentColor")
        }
        tag(.span, text: "Standing")
    }
    tag(.nav, Attribute(.ariaLabel, "Site")) {
        tag(.a, .href(Reference(path: "openapi.yaml")), text: "API")
        tag(.a, .href(Reference(path: "v1", "models", "standing-1")), text: "Model")
        tag(.a, .href(Reference(path: "evidence", "checkpoint")), text: "Checkpoint")
    }
}

private let siteFooter = tag(.footer, .class("site")) {
    tag(
        .p,
        text: "Standing states facts with their proof, says how much it knows, and leaves the verdict to the reader.")
    tag(.p, text: "No cookies, nothing loaded from elsewhere, and everything readable without scripts.")
}
