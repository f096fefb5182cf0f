# Posthorn as a stack of CloudFormation, under Terraform: the translated template and the zip are those of `make package`.

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
  description = "The folder that `make package` has written, with cloudformation.json and deployment.zip."
  type        = string
  default     = "../../../build/package"
}

variable "parameters" {
  description = "Parameters of the template, as docs/operate/operations.md lists them; what is not given has the template's default."
  type        = map(string)
  default     = {}
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

resource "aws_s3_bucket" "packages" {
  bucket = "posthorn-tf-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}-${var.stage}"
}

resource "aws_s3_bucket_public_access_block" "packages" {
  bucket                  = aws_s3_bucket.packages.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Both are named by what is in them, so that another package is another name, and the stack is updated.
resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.packages.id
  key    = "${filesha256("${var.package}/deployment.zip")}.zip"
  source = "${var.package}/deployment.zip"
}

# A template of this size goes through S3: CloudFormation takes 51,200 bytes directly.
resource "aws_s3_object" "template" {
  bucket = aws_s3_bucket.packages.id
  key    = "${filesha256("${var.package}/cloudformation.json")}.json"
  source = "${var.package}/cloudformation.json"
}

resource "aws_cloudformation_stack" "posthorn" {
  name         = "posthorn-${var.stage}"
  template_url = "https://${aws_s3_bucket.packages.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM"]
  parameters = merge(var.parameters, {
    Stage      = var.stage
    CodeBucket = aws_s3_object.code.bucket
    CodeKey    = aws_s3_object.code.key
  })
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
