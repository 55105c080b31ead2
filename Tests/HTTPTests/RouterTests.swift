import HTTP
import Testing

struct RouterTests {
    private let router: Router<String> = {
        var router = Router<String>()
        for pattern in [
            "/", "/v1/profiles", "/v1/profiles/{handle}", "/v1/profiles/me", "/v1/evidence:batch",
            "/p/{handle}/badge.svg",
            "/p/{handle}.json", "/p/{handle}", "/p/{user}/{page}", "/evidence/tile/{level}/{rest...}",
            "/v1/{kind}/{id}:revoke",
        ] { router.add("GET", pattern, pattern) }
        router.add("POST", "/v1/profiles/{name}", "posted")
        router.add("DELETE", "/v1/profiles", "deleted")
        return router
    }()

    /// `pattern name=value …`, or what else came of it.
    private func found(_ method: String, _ path: String, _ names: String...) -> String {
        switch self.router.match(method, path) {
        case .found(let handler, let parameters):
            ([handler] + names.map { "\($0)=\(parameters[$0])" }).joined(separator: " ")
        case .notFound: "not found"
        case .methodNotAllowed(let allow): "allow \(allow.joined(separator: ", "))"
        }
    }

    @Test func `literal segments beat parameters, whichever was added first`() {
        #expect(self.found("GET", "/v1/profiles/me") == "/v1/profiles/me")
        #expect(self.found("GET", "/v1/profiles/mee", "handle") == "/v1/profiles/{handle} handle=mee")
        #expect(self.found("GET", "/") == "/")
        #expect(self.found("GET", "/v1/evidence:batch") == "/v1/evidence:batch")
    }

    @Test func `a literal may follow a parameter, in the segment or after it`() {
        #expect(self.found("GET", "/p/ada/badge.svg", "handle") == "/p/{handle}/badge.svg handle=ada")
        #expect(self.found("GET", "/p/ada/other", "user", "page") == "/p/{user}/{page} user=ada page=other")
        #expect(self.found("GET", "/p/ada.json", "handle") == "/p/{handle}.json handle=ada")
        #expect(self.found("GET", "/p/.json", "handle") == "/p/{handle} handle=.json")
        #expect(self.found("GET", "/v1/keys/k1:revoke", "kind", "id") == "/v1/{kind}/{id}:revoke kind=keys id=k1")
    }

    @Test func `a wrong turn is taken back`() {
        #expect(self.found("GET", "/v1/profiles/x:revoke", "handle") == "/v1/profiles/{handle} handle=x:revoke")
        #expect(self.found("GET", "/p/ada.json/x", "user", "page") == "/p/{user}/{page} user=ada.json page=x")
    }

    @Test func `the rest of a path is all of it, and cannot lead out of its folder`() {
        #expect(
            self.found("GET", "/evidence/tile/0/x001/x234/067.p/3", "level", "rest")
                == "/evidence/tile/{level}/{rest...} level=0 rest=x001/x234/067.p/3")
        for path in ["0/", "0", "0/a/../b", "0/%2e%2e/b", "0/a%2Fb", "0/./a", "0/a%00"] {
            #expect(self.found("GET", "/evidence/tile/\(path)") == "not found", "\(path)")
        }
    }

    @Test func `parameters are percent-decoded after the path is split, and bad encoding is not found`() {
        #expect(self.found("GET", "/p/a%2Fb%20%C3%A9", "handle") == "/p/{handle} handle=a/b é")
        #expect(self.found("GET", "/p/a+b", "handle") == "/p/{handle} handle=a+b")
        for bad in ["%", "%4", "%zz", "%ff", "%00", "a%C3"] {
            #expect(self.found("GET", "/p/\(bad)") == "not found", "\(bad)")
        }
    }

    @Test func `a known path with another method says which are allowed`() {
        #expect(self.found("PUT", "/v1/profiles/ada") == "allow GET, HEAD, POST")
        #expect(self.found("PUT", "/v1/profiles") == "allow DELETE, GET, HEAD")
        #expect(self.found("POST", "/v1/profiles/ada", "name") == "posted name=ada")
        #expect(self.found("get", "/v1/profiles") == "allow DELETE, GET, HEAD")
    }

    @Test func `HEAD is handled as GET`() {
        #expect(self.found("HEAD", "/p/ada", "handle") == "/p/{handle} handle=ada")
    }

    @Test(arguments: ["", "*", "/v1", "/v1/", "/v1/profiles/", "/p//badge.svg", "//", "/v1/profiles/ada/"])
    func `what no pattern has is not found`(path: String) {
        #expect(self.found("GET", path) == "not found")
    }

    @Test func `every route is listed as added`() {
        #expect(self.router.routes.count == 13)
        #expect(self.router.routes.last?.pattern == "/v1/profiles")
        #expect(self.router.routes.last?.method == "DELETE")
    }
}
