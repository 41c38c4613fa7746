variable "name" {
  description = "Name of the role"
  type        = string
  default     = "athena-session-exporter"
}

variable "runtime" {
  description = "Where the exporter runs: irsa, pod-identity, ecs or ec2"
  type        = string

  validation {
    condition     = contains(["irsa", "pod-identity", "ecs", "ec2"], var.runtime)
    error_message = "runtime must be irsa, pod-identity, ecs or ec2."
  }
}

variable "oidc_provider_arn" {
  description = "With irsa: ARN of the cluster's OIDC provider"
  type        = string
  default     = ""
}

variable "namespace" {
  description = "With irsa: namespace of the service account"
  type        = string
  default     = "monitoring"
}

variable "service_account" {
  description = "With irsa: name of the service account"
  type        = string
  default     = "athena-session-exporter"
}

variable "partition" {
  description = "Partition: aws, aws-cn or aws-us-gov"
  type        = string
  default     = "aws"
}

variable "account_id" {
  description = "Account in which workgroups are polled with this role; any by default"
  type        = string
  default     = "*"
}

variable "regions" {
  description = "Regions that are polled with this role; any by default"
  type        = list(string)
  default     = ["*"]
}

variable "workgroups" {
  description = "Workgroups that are polled with this role; all by default"
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

variable "organization" {
  description = "Set it if the configuration has organization, and the exporter's own credentials read it"
  type        = bool
  default     = false
}

variable "organizational_units" {
  description = "Set it if the configuration has organization.organizational_units"
  type        = bool
  default     = false
}

variable "account_tags" {
  description = "Set it if the configuration has organization.account_tags"
  type        = bool
  default     = false
}

variable "assume_role_arns" {
  description = "Roles in other accounts, as the module member creates them"
  type        = list(string)
  default     = []
}

variable "permissions_boundary" {
  description = "ARN of the role's permissions boundary"
  type        = string
  default     = null
}
