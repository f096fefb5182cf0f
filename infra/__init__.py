"""What is deployed, and the programs that package, deploy and remove it. Nothing of it is deployed to Lambda."""
