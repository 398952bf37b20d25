"""What a release is made of besides rows: who lies on which side, and its data card; pure."""
