locals {
  shared = "other.tf"
}
