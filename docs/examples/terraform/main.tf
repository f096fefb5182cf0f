# Posthorn as a stack of CloudFormation, under Terraform: the template and the zip are those of `make package`.

terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

variable "stage" {
  description = "Name of this deployment: several live side by side."
  type        = string
  default     = "dev"
}

variable "package" {
  description = "The folder that `make package` has written, with sam.json and deployment.zip."
  type        = string
  default     = "../../../build/package"
}

variable "parameters" {
  description = "Parameters of the template, as docs/operations.md lists them; what is not given has the template's default."
  type        = map(string)
  default     = {}
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  bucket = "posthorn-terraform-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.name}"
  code   = "s3://${local.bucket}/${filesha256("${var.package}/deployment.zip")}.zip"
  # The packaged template names its code by a path on the machine that packaged it: here it is named by its place in the bucket.
  template = replace(file("${var.package}/sam.json"), "\"./deployment.zip\"", jsonencode(local.code))
}

resource "aws_s3_bucket" "packages" {
  bucket = local.bucket
}

resource "aws_s3_bucket_public_access_block" "packages" {
  bucket                  = aws_s3_bucket.packages.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.packages.id
  key    = "${filesha256("${var.package}/deployment.zip")}.zip"
  source = "${var.package}/deployment.zip"
}

# A template of this size goes through S3: CloudFormation takes 51,200 bytes directly.
resource "aws_s3_object" "template" {
  bucket  = aws_s3_bucket.packages.id
  key     = "${sha256(local.template)}.json"
  content = local.template
}

resource "aws_cloudformation_stack" "posthorn" {
  name         = "posthorn-${var.stage}"
  template_url = "https://${aws_s3_bucket.packages.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  parameters   = merge(var.parameters, { Stage = var.stage })
  depends_on   = [aws_s3_object.code]
}

output "api_url" {
  value = aws_cloudformation_stack.posthorn.outputs["EndpointURL"]
}

output "console_url" {
  value = aws_cloudformation_stack.posthorn.outputs["ConsoleURL"]
}

output "notifications_queue_url" {
  value = aws_cloudformation_stack.posthorn.outputs["NotificationsQueueURL"]
}

output "notifications_queue_arn" {
  value = aws_cloudformation_stack.posthorn.outputs["NotificationsQueueArn"]
}

output "alarm_topic_arn" {
  value = aws_cloudformation_stack.posthorn.outputs["AlarmTopicArn"]
}
