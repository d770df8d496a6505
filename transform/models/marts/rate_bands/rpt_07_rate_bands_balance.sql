{{ rate_band_table(7, 'closing_yuan') }}
