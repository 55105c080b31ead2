/// The words of GitHub's webhooks that are known to be no evidence; any other is put in quarantine, so that a new one is
/// seen (github.com/octokit/webhooks, payload-schemas).
enum WebhookRules {
    /// Events that say nothing about work somebody else confirms.
    static let ignored: Set<String> = [
        "branch_protection_configuration", "branch_protection_rule", "check_run", "check_suite", "code_scanning_alert",
        "commit_comment", "create", "custom_property", "custom_property_values", "delete", "dependabot_alert",
        "deploy_key", "deployment", "deployment_protection_rule", "deployment_review", "deployment_status", "fork",
        "github_app_authorization", "gollum", "installation", "installation_repositories", "installation_target",
        "issue_dependencies", "label", "marketplace_purchase", "member", "membership", "merge_group", "meta",
        "milestone", "org_block", "organization", "package", "page_build", "personal_access_token_request", "ping",
        "project", "project_card", "project_column", "projects_v2", "projects_v2_item", "projects_v2_status_update",
        "public", "registry_package", "repository", "repository_advisory", "repository_dispatch", "repository_import",
        "repository_ruleset", "repository_vulnerability_alert", "secret_scanning_alert",
        "secret_scanning_alert_location", "secret_scanning_scan", "security_advisory", "security_and_analysis",
        "sponsorship", "star", "status", "sub_issues", "team", "team_add", "watch", "workflow_dispatch",
        "workflow_job", "workflow_run",
    ]

    /// Actions that are no evidence by themselves, of each event that is read.
    static let actions: [String: Set<String>] = [
        "pull_request": EventTypes.changeActions.union(["milestoned", "demilestoned"]),
        "pull_request_review": ["edited"],
        "pull_request_review_comment": ["deleted", "edited"],
        "pull_request_review_thread": ["unresolved"],
        "issues": EventTypes.issueActions,
        "issue_comment": ["deleted", "edited", "pinned", "unpinned"],
        "discussion": [
            "category_changed", "closed", "deleted", "edited", "labeled", "locked", "pinned", "reopened", "transferred",
            "unanswered", "unlabeled", "unlocked", "unpinned",
        ],
        "discussion_comment": ["deleted", "edited"],
        "release": EventTypes.releaseActions,
    ]
}
