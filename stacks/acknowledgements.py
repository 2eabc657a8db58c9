"""Findings of cdk-nag's AwsSolutions that stay, each where it is and for a reason."""
