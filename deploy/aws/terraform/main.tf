# The role that the exporter runs as: on EKS by IRSA or Pod Identity, on ECS as the task role, on EC2 as an instance profile.
# docs/aws.md says how to use it.

locals {
  oidc_issuer = element(split("oidc-provider/", var.oidc_provider_arn), 1)

  trust = {
    irsa = {
      Effect    = "Allow"
      Action    = ["sts:AssumeRoleWithWebIdentity"]
      Principal = { Federated = var.oidc_provider_arn }
      Condition = {
        StringEquals = {
          "${local.oidc_issuer}:aud" = "sts.amazonaws.com"
          "${local.oidc_issuer}:sub" = "system:serviceaccount:${var.namespace}:${var.service_account}"
        }
      }
    }
    "pod-identity" = {
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }
    ecs = {
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }
    ec2 = {
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = "ec2.amazonaws.com" }
    }
  }
}

module "policy" {
  source = "./policy"

  partition            = var.partition
  account_id           = var.account_id
  regions              = var.regions
  workgroups           = var.workgroups
  details              = var.details
  tags                 = var.tags
  owners               = var.owners
  quotas               = var.quotas
  organization         = var.organization
  organizational_units = var.organizational_units
  account_tags         = var.account_tags
  assume_role_arns     = var.assume_role_arns
}

resource "aws_iam_role" "this" {
  name                 = var.name
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [local.trust[var.runtime]] })

  lifecycle {
    precondition {
      condition     = var.runtime != "irsa" || var.oidc_provider_arn != ""
      error_message = "runtime = \"irsa\" needs oidc_provider_arn."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = var.name
  role   = aws_iam_role.this.name
  policy = module.policy.json
}

resource "aws_iam_instance_profile" "this" {
  count = var.runtime == "ec2" ? 1 : 0
  name  = var.name
  role  = aws_iam_role.this.name
}

output "role_arn" {
  description = "ARN of the role: the annotation of IRSA, the role of the Pod Identity association, or the task role"
  value       = aws_iam_role.this.arn
}
