"""What only this book needs: its definitions, its register of forecasts, its propositions."""
