# A role in another account that the exporter assumes. Its name is the same in all accounts, so that one entry of the
# configuration covers them: role_arn: arn:aws:iam::{account_id}:role/athena-session-exporter.

variable "name" {
  description = "Name of the role"
  type        = string
  default     = "athena-session-exporter"
}

variable "exporter_role_arn" {
  description = "The role that the exporter runs as"
  type        = string
}

variable "external_id" {
  description = "external_id of the configuration; none by default"
  type        = string
  default     = null
}

variable "session_tags" {
  description = "Set it if the exporter runs with EKS Pod Identity, whose session tags are passed on"
  type        = bool
  default     = false
}

variable "partition" {
  description = "Partition: aws, aws-cn or aws-us-gov"
  type        = string
  default     = "aws"
}

variable "account_id" {
  description = "The account of the role; any by default, as a role reads its own account only"
  type        = string
  default     = "*"
}

variable "regions" {
  description = "Regions that are polled; any by default"
  type        = list(string)
  default     = ["*"]
}

variable "workgroups" {
  description = "Workgroups that are polled; all by default"
  type        = list(string)
  default     = ["*"]
}

variable "details" {
  description = "Set it if the configuration has sessions.details"
  type        = bool
  default     = false
}

variable "tags" {
  description = "Set it if the configuration has discovery.tags or discovery.tag_labels"
  type        = bool
  default     = false
}

variable "owners" {
  description = "Set it if the configuration has sessions.owners"
  type        = bool
  default     = false
}

variable "quotas" {
  description = "Set it if the configuration has quotas"
  type        = bool
  default     = false
}

variable "permissions_boundary" {
  description = "ARN of the role's permissions boundary"
  type        = string
  default     = null
}

locals {
  conditions = merge(
    { "sts:RoleSessionName" = "athena-session-exporter" },
    var.external_id == null ? {} : { "sts:ExternalId" = var.external_id },
  )
}

module "policy" {
  source = "../policy"

  partition        = var.partition
  account_id       = var.account_id
  regions          = var.regions
  workgroups       = var.workgroups
  details          = var.details
  tags             = var.tags
  owners           = var.owners
  quotas           = var.quotas
  assume_role_arns = []
}

resource "aws_iam_role" "this" {
  name                 = var.name
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect    = "Allow"
        Action    = ["sts:AssumeRole"]
        Principal = { AWS = var.exporter_role_arn }
        Condition = { StringEquals = local.conditions }
      }],
      var.session_tags ? [{
        Effect    = "Allow"
        Action    = ["sts:TagSession"]
        Principal = { AWS = var.exporter_role_arn }
      }] : [],
    )
  })
}

resource "aws_iam_role_policy" "this" {
  name   = var.name
  role   = aws_iam_role.this.name
  policy = module.policy.json
}

output "role_arn" {
  description = "ARN of the role, for assume_role_arns of the exporter's own role"
  value       = aws_iam_role.this.arn
}
