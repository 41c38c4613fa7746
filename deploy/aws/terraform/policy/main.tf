# The policy that `athena-session-exporter iam-policy` prints, for the roles of this module. A test compares the two.

variable "partition" {
  description = "Partition of the workgroups: aws, aws-cn or aws-us-gov"
  type        = string
}

variable "account_id" {
  description = "Account of the workgroups; * for any"
  type        = string
}

variable "regions" {
  description = "Regions that are polled; * for any"
  type        = list(string)
}

variable "workgroups" {
  description = "Workgroups that are polled; * for all"
  type        = list(string)
}

variable "details" {
  description = "Whether sessions.details is set"
  type        = bool
}

variable "tags" {
  description = "Whether discovery.tags or discovery.tag_labels is set"
  type        = bool
}

variable "owners" {
  description = "Whether sessions.owners is set"
  type        = bool
}

variable "quotas" {
  description = "Whether quotas is set"
  type        = bool
}

variable "organization" {
  description = "Whether organization is set"
  type        = bool
  default     = false
}

variable "organizational_units" {
  description = "Whether organization.organizational_units is set"
  type        = bool
  default     = false
}

variable "account_tags" {
  description = "Whether organization.account_tags is set"
  type        = bool
  default     = false
}

variable "assume_role_arns" {
  description = "Roles in other accounts that the exporter assumes"
  type        = list(string)
}

locals {
  workgroup_arns = flatten([
    for region in var.regions : [
      for workgroup in var.workgroups :
      "arn:${var.partition}:athena:${region}:${var.account_id}:workgroup/${workgroup}"
    ]
  ])

  session_actions = concat(
    ["athena:ListSessions", "athena:GetSessionStatus"],
    var.details ? ["athena:GetSession"] : [],
  )

  required = [
    { Sid = "ListWorkgroups", Effect = "Allow", Action = ["athena:ListWorkGroups"], Resource = ["*"] },
    { Sid = "ReadSessions", Effect = "Allow", Action = local.session_actions, Resource = local.workgroup_arns },
  ]

  read_tags = [
    { Sid = "ReadTags", Effect = "Allow", Action = ["athena:ListTagsForResource"], Resource = local.workgroup_arns },
  ]

  look_up_owners = [
    { Sid = "LookUpOwners", Effect = "Allow", Action = ["cloudtrail:LookupEvents"], Resource = ["*"] },
  ]

  read_quotas = [
    {
      Sid      = "ReadQuotas"
      Effect   = "Allow"
      Action   = ["servicequotas:ListServiceQuotas", "servicequotas:ListAWSDefaultServiceQuotas"]
      Resource = ["*"]
    },
  ]

  organization_actions = concat(
    var.organizational_units
    ? ["organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"]
    : ["organizations:ListAccounts"],
    var.account_tags ? ["organizations:ListTagsForResource"] : [],
  )

  read_organization = [
    { Sid = "ReadOrganization", Effect = "Allow", Action = local.organization_actions, Resource = ["*"] },
  ]

  assume_roles = [
    { Sid = "AssumeRoles", Effect = "Allow", Action = ["sts:AssumeRole"], Resource = var.assume_role_arns },
  ]
}

output "json" {
  description = "The policy as JSON"
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.required,
      var.tags ? local.read_tags : [],
      var.owners ? local.look_up_owners : [],
      var.quotas ? local.read_quotas : [],
      var.organization ? local.read_organization : [],
      length(var.assume_role_arns) > 0 ? local.assume_roles : [],
    )
  })
}
