/// The files the pages refer to, as they are served.
public enum PageAssets {
    /// The one stylesheet.
    public static let stylesheet = PackageResources.style_css

    /// What checks a profile's proofs in the reader's browser: one module, of parts that build on those before.
    public static let script =
        PackageResources.encoding_js + PackageResources.ledger_js + PackageResources.bundle_js
        + PackageResources.status_js + PackageResources.shown_js + PackageResources.page_js
}
