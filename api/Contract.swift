/// The contract of the API, as the service serves it.
public enum Contract {
    /// `openapi.yaml`, OpenAPI 3.1.
    public static let openAPI = PackageResources.openapi_yaml
}
