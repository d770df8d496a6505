{{ rate_band_table(6, 'granted_yuan') }}
